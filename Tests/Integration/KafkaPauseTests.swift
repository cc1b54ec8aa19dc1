import KafkaClient
import TestSupport
import Testing

extension ProcessTests {
  /// A node that stands still while others go on.
  @Suite(.timeLimit(.minutes(2))) struct KafkaPauseTests {
    @Test func pausedNodeAppliesNothingAfterRebalance() async throws {
      let stack = try await KafkaStack.start(partitions: 1)
      let postgres = try PostgresServer()
      let nodes = try ["paused", "next"].map {
        try ServiceProcess(
          stack.arguments + ["--node-id", $0], store: PostgresServer.url(port: postgres.port))
      }
      let messages = CommandMix(count: 8000).messages()
      for message in messages { stack.producer.send(message) { _ in } }
      try nodes[0].start()
      try await eventually("a batch") { try postgres.recordsRead() > 0 }
      nodes[0].pause(true)
      #expect(try postgres.recordsRead() < messages.count, "it stands still in the middle")
      try nodes[1].start()
      try await postgres.wait(forRecords: messages.count)
      // It goes on with what it had fetched, or had given to the store, as if nothing had happened.
      nodes[0].pause(false)
      for message in messages.prefix(500) { stack.producer.send(message) { _ in } }
      try await postgres.wait(forRecords: messages.count + 500)
      try await eventually("an empty outbox") {
        try postgres.query("SELECT count(*) FROM timerd.outbox") == ["0"]
      }
      #expect(nodes.map { $0.stop() } == [0, 0])
      var oracle = CommandOracle()
      for record in try await stack.read("timer-commands", { SentCommand($0) }) { oracle.take(record) }
      let rejected = try await stack.records("timer-commands-rejected")
      #expect(oracle.complaints(rows: try postgres.query(CommandOracle.query), rejected: rejected) == [])
      await stack.producer.close(within: .seconds(5))
    }
  }
}
