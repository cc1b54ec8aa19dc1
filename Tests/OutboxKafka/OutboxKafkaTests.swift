import KafkaClient
import Logging
import NodeRuntime
import Outbox
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// The outbox with a real broker.
@Suite struct OutboxKafkaTests {
  @Test func messagesArriveInOrderPerKey() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("events", partitions: 3)
    let harness = try OutboxKafkaHarness(broker)
    try await harness.write((0..<300).map { harness.message("\($0)", topic: "events", key: "k\($0 % 7)") })
    let node = harness.relay()
    try await harness.waitUntilEmpty()
    try await node.stop()
    let records = try await harness.records("events")
    #expect(records.count == 300)
    for key in 0..<7 {
      let numbers = records.filter { $0.key == Array("k\(key)".utf8) }.compactMap { Int(harness.text($0)) }
      #expect(numbers == Array(stride(from: key, to: 300, by: 7)))
    }
    #expect(records.allSatisfy { $0.header("ce_type") == "test" })
    #expect(Set(records.compactMap { $0.header(OutboxMessage.idHeader) }).count == 300)
  }

  @Test func messagesDuringOutageArriveInOrder() async throws {
    let broker = try await KafkaBroker.start(.objectStore)
    try await broker.createTopic("events", partitions: 3)
    let harness = try OutboxKafkaHarness(broker)
    let node = harness.relay()
    broker.kill()
    for round in 0..<10 {
      // The store takes them as ever: nobody waits for the broker.
      try await harness.write(
        (0..<20).map { harness.message("\(round * 20 + $0)", topic: "events", key: "k\($0 % 5)") })
      node.relay.messagesWritten()
    }
    #expect(await harness.store.outboxCount(limit: 1000) == 200)
    try await broker.start()
    try await harness.waitUntilEmpty()
    try await node.stop()
    let records = try await harness.records("events")
    for key in 0..<5 {
      let numbers = records.filter { $0.key == Array("k\(key)".utf8) }.compactMap { Int(harness.text($0)) }
      // At least once, in order: a copy may follow, but nothing overtakes.
      let firsts = numbers.reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
      #expect(firsts == (0..<200).filter { $0 % 20 % 5 == key })
    }
  }

  @Test func rejectionsAppearOnceAfterKill() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("rejected", partitions: 3)
    let harness = try OutboxKafkaHarness(broker)
    try await harness.write((0..<50).map { harness.message("\($0)", topic: "rejected", key: "k\($0 % 3)") })
    // This node publishes and ends before it has removed anything.
    let killed = harness.relay(forgetting: false)
    try await harness.waitForRecords(50, in: "rejected")
    killed.kill()
    #expect(await harness.store.outboxCount(limit: 1000) == 50)
    try await harness.write((50..<60).map { harness.message("\($0)", topic: "rejected", key: "k\($0 % 3)") })
    let next = harness.relay()
    try await harness.waitUntilEmpty()
    try await next.stop()
    let texts = try await harness.records("rejected").map(harness.text)
    #expect(texts.count == 60 && Set(texts).count == 60)
  }

  @Test func unpublishableMessageIsDropped() async throws {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic("events")
    let harness = try OutboxKafkaHarness(broker)
    try await harness.write([
      harness.message("lost", topic: "no-such-topic", key: "k"),
      harness.message("kept", topic: "events", key: "k"),
    ])
    let node = harness.relay()
    try await harness.waitUntilEmpty()
    try await node.stop()
    #expect(try await harness.records("events").map(harness.text) == ["kept"])
  }
}
