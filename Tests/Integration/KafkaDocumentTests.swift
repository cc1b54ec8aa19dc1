import KafkaClient
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Records that a running service has written to a real broker, against `asyncapi.yaml`.
  @Suite(.timeLimit(.minutes(2))) struct KafkaDocumentTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static let payload = "{ \"n\": 12345678901234567890 }"

    private static func http(_ id: String, _ receiver: HTTPReceiver) -> String {
      KafkaStack.create(
        id, in: .zero, destination: "{\"http\":{\"url\":\"\(receiver.url)/\"}}",
        more: ",\"payload\":\(payload),\"tags\":{\"customer\":\"42\"},"
          + "\"retryPolicy\":{\"maxAttempts\":2,\"initialInterval\":\"10ms\"}")
    }

    @Test func eventsAndDeadLettersMatchDocument() async throws {
      let stack = try await KafkaStack.start()
      let (taking, failing) = (try await HTTPReceiver.start(), try await HTTPReceiver.start(status: 500))
      let service = try ServiceProcess(stack.arguments + ["--kafka-events", "true"])
      try service.start()
      try await stack.send("taken", Self.http("taken", taking))
      try await stack.send("failed", Self.http("failed", failing))
      try await stack.send("record", KafkaStack.create("record", in: .zero, destination: "{\"kafka\":{}}"))
      try await stack.send(
        "gone", KafkaStack.create("gone", in: .seconds(600), destination: "{\"kafka\":{}}"))
      try await stack.send("gone", nil)
      let reader = try GroupMember(
        stack.broker, group: "reader", topics: ["timer-events", "timer-dead-letters", "timer-fired"])
      try await reader.wait(for: "all messages") { $0.records.count >= 7 }
      #expect(service.stop() == 0)

      let events = reader.received.records.filter { $0.partition.topic == "timer-events" }
      func kinds(_ id: String) -> [String] {
        events.filter { $0.key == Array("g/\(id)".utf8) }.compactMap { $0.header("ce_type") }
          .map { String($0.trimmingPrefix("dev.timerd.timer.")) }
      }
      #expect(kinds("taken") == ["fired"])
      #expect(kinds("failed") == ["retried", "dead-lettered"])
      #expect(kinds("record") == ["fired"])
      #expect(kinds("gone") == ["cancelled"])
      let letters = reader.received.records.filter { $0.partition.topic == "timer-dead-letters" }
      #expect(letters.map(\.key) == [Array("g/failed".utf8)])
      let letter = String(decoding: letters.first?.value ?? [], as: UTF8.self)
      #expect(letter.contains("\"tags\":{\"customer\":\"42\"},\"payload\":\(Self.payload)"))
      #expect(letter.contains("\"destination\":{\"http\":{\"url\":\"\(failing.url)/\"}}"))
      #expect(letter.contains("\"attempts\":2") && letter.contains("\"statusCode\":500"))
      let fired = reader.received.records.filter { $0.partition.topic == "timer-fired" }
      #expect(fired.count == 1 && events.count == 5)
      let sources = (events + letters).map { $0.header("ce_source") }
      #expect(Set(sources) == ["/timerd/groups/g"])
      let all =
        events.map { ("Event", $0) } + letters.map { ("DeadLetter", $0) }
        + fired.map { ("FiredWithoutPayload", $0) }
      #expect(try await AsyncAPI.complaints(about: all) == [])
      await reader.close()
      await stack.producer.close(within: .seconds(5))
      try await taking.stop()
      try await failing.stop()
    }

    @Test func rejectionsMatchDocument() async throws {
      let stack = try await KafkaStack.start(partitions: 1)
      let service = try ServiceProcess(stack.arguments)
      try service.start()
      try await stack.send(
        "taken", KafkaStack.create("taken", in: .seconds(600), destination: "{\"kafka\":{}}"))
      try await stack.send(
        "over", KafkaStack.create("over", in: .seconds(600), destination: "{\"kafka\":{}}"))
      try await stack.send("over", nil)
      for bad in BadCommand.all {
        let message = KafkaMessage(
          topic: "timer-commands", key: bad.key.map { Array($0.utf8) }, value: bad.value,
          headers: [KafkaHeader("traceparent", Self.trace), KafkaHeader("tracestate", "a=b")])
        _ = try await stack.producer.send(message).get()
      }
      let reader = try GroupMember(stack.broker, group: "reader", topics: ["timer-commands-rejected"])
      try await reader.wait(for: "all rejections") { $0.records.count >= BadCommand.all.count }
      #expect(service.stop() == 0)
      let records = reader.received.records
      #expect(records.count == BadCommand.all.count && records.count >= 25)
      let byOffset = Dictionary(
        records.map { ($0.header("timerd-offset") ?? "", $0) }, uniquingKeysWith: { first, _ in first })
      for (number, bad) in BadCommand.all.enumerated() {
        let record = try #require(byOffset["\(number + 3)"], "\(bad.name)")
        #expect(record.key == bad.key.map { Array($0.utf8) } && record.value == bad.value, "\(bad.name)")
        #expect(record.header("timerd-topic") == "timer-commands")
        #expect(record.header("timerd-partition") == "0")
        #expect(record.header("timerd-problem")?.contains(":\(bad.kind)\"") == true, "\(bad.name)")
        #expect(record.header("traceparent") == Self.trace && record.header("tracestate") == "a=b")
      }
      #expect(try await AsyncAPI.complaints(about: records.map { ("Rejected", $0) }) == [])
      await reader.close()
      await stack.producer.close(within: .seconds(5))
    }
  }
}
