import KafkaClient
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// A kill or a lost reply in the one moment where it matters.
  @Suite(.timeLimit(.minutes(2))) struct KafkaCrashTests {
    /// Waits until 20 commands have been read, and `dead` timers have ended for that.
    private static func isOver(dead: Int, _ postgres: PostgresServer) async throws {
      try await eventually("20 commands, \(dead) dead timers") {
        try postgres.query(
          """
          SELECT (SELECT count(*) FROM timerd.timers WHERE phase = 2),
            (SELECT coalesce(sum(next_offset), 0) FROM timerd.command_offsets)
          """
        ).first == "\(dead)|20"
      }
    }

    /// Has a node publish what the 20 commands of `send` give cause to, kills it before the store has heard of that, and starts another
    /// one. Attempts that the kill would cut off have been made by then.
    ///
    /// - Returns: how many records the topic held when the first one died.
    private static func killBetweenPublishingAndRemoving(
      _ stack: KafkaStack, _ postgres: PostgresServer, topic: String, dead: Int,
      send: () async throws -> Void
    ) async throws -> Int {
      let proxy = try await CuttingProxy(to: postgres.port)
      let arguments = stack.arguments + ["--kafka-events", "true"]
      let killed = try ServiceProcess(
        arguments + ["--node-id", "killed"], store: PostgresServer.url(port: proxy.port))
      try killed.start()
      proxy.swallowRequest(with: "unpost")
      try await send()
      try await eventually("the removal") { proxy.cuts == 1 }
      try await isOver(dead: dead, postgres)
      killed.kill()
      let published = try await stack.records(topic).count
      let next = try ServiceProcess(
        arguments + ["--node-id", "next"], store: PostgresServer.url(port: postgres.port))
      try next.start()
      try await eventually("an empty outbox") {
        try postgres.query("SELECT count(*) FROM timerd.outbox") == ["0"]
      }
      #expect(next.stop() == 0)
      try await proxy.close()
      return published
    }

    @Test func eventsRepeatInOrderAfterKill() async throws {
      let stack = try await KafkaStack.start()
      let postgres = try PostgresServer()
      let failing = try await HTTPReceiver.start(status: 500)
      let published = try await Self.killBetweenPublishingAndRemoving(
        stack, postgres, topic: "timer-events", dead: 20
      ) {
        for number in 0..<20 {
          let create = KafkaStack.create(
            "t\(number)", in: .zero, destination: "{\"http\":{\"url\":\"\(failing.url)/\"}}",
            more: ",\"retryPolicy\":{\"maxAttempts\":3,\"initialInterval\":\"10ms\"}")
          try await stack.send("t\(number)", create)
        }
      }
      let events = try await stack.records("timer-events")
      for number in 0..<20 {
        let records = events.filter { $0.key == Array("g/t\(number)".utf8) }
        var seen: Set<String> = []
        let firsts = records.filter { seen.insert($0.header("ce_id") ?? "").inserted }
        #expect(
          firsts.map { $0.header("ce_type")?.split(separator: ".").last ?? "" }
            == ["retried", "retried", "dead-lettered"], "t\(number)")
      }
      #expect(published > 0 && events.count > 60, "some came twice")
      #expect(Set(try await stack.records("timer-dead-letters").map(\.key)).count == 20)
      await stack.producer.close(within: .seconds(5))
      try await failing.stop()
    }

    @Test func rejectionsDoNotRepeatAfterKill() async throws {
      let stack = try await KafkaStack.start()
      let postgres = try PostgresServer()
      let published = try await Self.killBetweenPublishingAndRemoving(
        stack, postgres, topic: "timer-commands-rejected", dead: 0
      ) {
        for number in 0..<20 { try await stack.send("t\(number)", "{}") }
      }
      let places = try await stack.records("timer-commands-rejected").map {
        "\($0.header("timerd-partition") ?? "")/\($0.header("timerd-offset") ?? "")"
      }
      #expect(published > 0)
      #expect(places.count == 20 && Set(places).count == 20)
      await stack.producer.close(within: .seconds(5))
    }

    @Test(arguments: [true, false])
    func batchWithUnansweredCommitAppliesOnce(createsOnly: Bool) async throws {
      let stack = try await KafkaStack.start(partitions: 1)
      let postgres = try PostgresServer()
      let proxy = try await CuttingProxy(to: postgres.port)
      let service = try ServiceProcess(stack.arguments, store: PostgresServer.url(port: proxy.port))
      try service.start()
      try await stack.send(
        "first", KafkaStack.create("first", in: .seconds(600), destination: "{\"kafka\":{}}"))
      try await postgres.wait(forRecords: 1)
      // The name of a prepared statement is sent each time it is used.
      proxy.cutReply(to: "commit", after: "next_offset")
      var commands = 0
      for number in 0..<50 {
        let id = "t\(number)"
        var values = [KafkaStack.create(id, in: .seconds(600), destination: "{\"kafka\":{}}")]
        // None of these would be taken a second time.
        if !createsOnly {
          values.append(
            "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"\(id)\",\"changes\":{\"payload\":1},\"ifRevision\":1}"
          )
        }
        values.append("{\"number\":\(number)}")
        for value in values {
          stack.producer.send(
            KafkaMessage(topic: "timer-commands", key: Array("g/\(id)".utf8), value: Array(value.utf8))
          ) { _ in }
          commands += 1
        }
      }
      try await postgres.wait(forRecords: commands + 1)
      #expect(proxy.cuts == 1)
      let revision = createsOnly ? 1 : 2
      #expect(
        try postgres.query(
          "SELECT count(*), min(coalesce(revision, 1)), max(coalesce(revision, 1)) FROM timerd.timers WHERE timer_id <> 'first'"
        )
          == ["50|\(revision)|\(revision)"])
      let reader = try GroupMember(stack.broker, group: "reader", topics: ["timer-commands-rejected"])
      try await reader.wait(for: "50 rejections") { $0.records.count >= 50 }
      try await eventually("an empty outbox") {
        try postgres.query("SELECT count(*) FROM timerd.outbox") == ["0"]
      }
      #expect(service.stop() == 0)
      let rejected = try await stack.records("timer-commands-rejected")
      #expect(Set(rejected.compactMap { $0.header("timerd-offset") }).count == 50 && rejected.count == 50)
      #expect(rejected.allSatisfy { $0.header("timerd-problem")?.contains("invalid-timer") == true })
      await reader.close()
      await stack.producer.close(within: .seconds(5))
      try await proxy.close()
    }
  }
}
