import KafkaClient
import TestSupport
import Testing

extension ProcessTests {
  /// The whole topic once more, through real processes.
  @Suite(.timeLimit(.minutes(3))) struct KafkaReplayTests {
    @Test func replayEqualsRepeatedCommands() async throws {
      let stack = try await KafkaStack.start()
      let postgres = try PostgresServer()
      let store = PostgresServer.url(port: postgres.port)
      for message in CommandMix(count: 2000).messages() { stack.producer.send(message) { _ in } }
      try await stack.send("last", "{}", headers: [KafkaHeader(CommandMix.header, "bad:invalid-timer")])
      let records = try await stack.read("timer-commands") { SentCommand($0) }
      #expect(records.count == 2001)
      var oracle = CommandOracle()
      for record in records { oracle.take(record) }

      func run(_ group: String, until ends: [Int32: Int64]) async throws {
        let service = try ServiceProcess(stack.arguments + ["--kafka-group", group], store: store)
        try service.start()
        let sum = ends.values.reduce(0, +)
        try await eventually("all of the topic, and an empty outbox") {
          try postgres.query(
            """
            SELECT sum(next_offset), (SELECT count(*) FROM timerd.outbox) FROM timerd.command_offsets
            WHERE consumer_group = '\(group)'
            """
          ).first == "\(sum)|0"
        }
        #expect(service.stop() == 0)
      }
      func rows() throws -> Set<String> {
        Set(try postgres.query("SELECT t.* FROM timerd.timers t ORDER BY timer_id"))
      }

      try await run("first", until: oracle.ends)
      let rejected = try await stack.records("timer-commands-rejected")
      #expect(oracle.complaints(rows: try postgres.query(CommandOracle.query), rejected: rejected) == [])
      let before = try rows()

      // The same group: one more command and nothing else takes effect.
      let more = KafkaMessage(
        topic: "timer-commands", key: Array("g/more".utf8), value: nil,
        headers: [KafkaHeader(CommandMix.header, "cancel")])
      _ = try await stack.producer.send(more).get()
      for record in try await stack.read("timer-commands", { SentCommand($0) })
      where record.key == "g/more" {
        oracle.take(record)
      }
      try await run("first", until: oracle.ends)
      #expect(try rows() == before)
      #expect(try await stack.records("timer-commands-rejected").count == rejected.count + 1)

      // A fresh group: what all commands do that are sent a second time.
      for record in try await stack.read("timer-commands", { SentCommand($0) }) { oracle.take(record) }
      try await run("fresh", until: oracle.ends)
      #expect(Set(try postgres.query(CommandOracle.query)) == oracle.rows)
      let unchanged = try rows().intersection(before).count
      #expect(unchanged > before.count * 7 / 10, "a repeated creation or cancel changes nothing at all")
      await stack.producer.close(within: .seconds(5))
    }
  }
}
