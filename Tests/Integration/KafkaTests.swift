import Foundation
import KafkaClient
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Real processes between a real broker's topics.
  @Suite struct KafkaTests {
    @Test(.timeLimit(.minutes(2)))
    func commandFiresDocumentedRecord() async throws {
      let stack = try await KafkaStack.start()
      let payload = "{ \"n\": 12345678901234567890 }"
      let tags = ",\"tags\":{\"customer\":\"42\"}"
      let commands = [
        (
          "a",
          KafkaStack.create(
            "a", in: .seconds(1), destination: "{\"kafka\":{\"headers\":{\"x-mine\":\"1\"}}}",
            more: ",\"payload\":\(payload)\(tags)")
        ),
        (
          "b",
          KafkaStack.create(
            "b", in: .seconds(1), destination: "{\"kafka\":{\"key\":\"mine\"}}", more: tags)
        ),
      ]
      for (id, command) in commands {
        #expect(try await AsyncAPI.complaints(about: command, as: "Command") == [])
        try await stack.send(id, command)
      }
      for rest in [
        "\"fire\"", "\"redrive\"",
        "\"redrive\",\"executeAt\":\"2027-01-01T00:00:00Z\",\"retryPolicy\":null",
      ] {
        let command = "{\"groupId\":\"g\",\"timerId\":\"a\",\"command\":\(rest)}"
        #expect(try await AsyncAPI.complaints(about: command, as: "Command") == [])
      }
      let service = try ServiceProcess(stack.arguments)
      try service.start()
      let member = try GroupMember(stack.broker, group: "reader", topics: ["timer-fired"])
      try await member.wait(for: "two records") { $0.records.count >= 2 }
      let withPayload = try #require(member.received.records.first { $0.key == Array("g/a".utf8) })
      #expect(withPayload.value == Array(payload.utf8))
      #expect(withPayload.header("x-mine") == "1")
      #expect(withPayload.header("ce_source") == "/timerd/groups/g")
      #expect(withPayload.header("ce_subject") == "g/a")
      #expect(withPayload.header("ce_tags") == "{\"customer\":\"42\"}")
      let without = try #require(member.received.records.first { $0.key == Array("mine".utf8) })
      let event = String(decoding: without.value ?? [], as: UTF8.self)
      #expect(event.contains(#""tags":"{\"customer\":\"42\"}","traceparent""#), "\(event)")
      #expect(
        try await AsyncAPI.complaints(about: [("Fired", withPayload), ("FiredWithoutPayload", without)]) == []
      )
      let client = try TimerClient(service)
      #expect(try await client.timerOnceOver("a").status == "delivered")
      #expect(try await client.timerOnceOver("b").status == "delivered")
      #expect(member.received.records.count == 2)
      await member.close()
      await stack.producer.close(within: .seconds(5))
      #expect(service.stop() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func brokerOutageLosesNothing() async throws {
      let stack = try await KafkaStack.start(.objectStore, partitions: 1)
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess(stack.arguments)
      try service.start()
      let client = try TimerClient(service)
      stack.broker.kill()
      let begin = WallClock.milliseconds() + 1000
      for number in 0..<200 {
        let body =
          "{\"id\":\"k\(number)\",\"executeAt\":\"\(Timestamp(milliseconds: begin + Int64(number) * 10).rfc3339)\",\"payload\":\(number),\"destination\":{\"kafka\":{\"key\":\"one\"}}}"
        let connection = try WireConnection(port: service.port)
        #expect(try connection.answer(to: WireRequest("POST", "/groups/g/timers", json: body)).status == 201)
      }
      for number in 0..<50 {
        try client.create("h\(number)", executeAt: begin + Int64(number) * 40, url: receiver.url)
      }
      await receiver.wait { $0.count >= 50 }
      try await stack.broker.start()
      let member = try GroupMember(stack.broker, group: "reader", topics: ["timer-fired"])
      try await member.wait(for: "all records") { $0.records.count >= 200 }
      #expect(
        member.received.records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
          == (0..<200).map { "\($0)" })
      await member.close()
      #expect(service.stop() == 0)
      try await receiver.stop()
    }
  }
}
