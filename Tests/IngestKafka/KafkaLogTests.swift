import DeliveryKafka
import IngestKafka
import KafkaClient
import Logging
import NodeRuntime
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Logs of a real broker that are shorter, younger or others than those that were read.
@Suite("Changed Kafka logs", .timeLimit(.minutes(2)))
struct KafkaLogTests {
  private static let topic = "timer-commands"

  private static func send(_ producer: KafkaProducer, _ ids: [String]) async throws {
    for id in ids {
      let value = """
        {"command":"create","groupId":"g","timer":{"id":"\(id)","executeAt":"2030-01-01T00:00:00Z","callbackUrl":"http://a/"}}
        """
      let message = KafkaMessage(topic: topic, key: Array("g/\(id)".utf8), value: Array(value.utf8))
      _ = try await producer.send(message).get()
    }
  }

  private static func start() async throws -> KafkaBroker {
    let broker = try await KafkaBroker.start()
    try await broker.createTopic(topic)
    return broker
  }

  private static func producer(_ broker: KafkaBroker) throws -> KafkaProducer {
    try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: broker.bootstrapServers),
      logger: Logger(label: "test"))
  }

  private static func known(_ store: InMemoryTimerStore, _ ids: [String]) async -> [String] {
    let timers = await store.timers(ids.map { TimerKey(groupID: "g", timerID: $0) })
    return zip(ids, timers).compactMap { $1 == nil ? nil : $0 }
  }

  @Test(arguments: [2, 9])
  func recreatedTopicIsReadFromBeginning(count: Int) async throws {
    let broker = try await Self.start()
    let store = InMemoryTimerStore(clock: SystemClock())
    let before = try Self.producer(broker)
    try await Self.send(before, (0..<5).map { "old\($0)" })
    let first = try RunningIngest(broker, store: store)
    try await first.wait(forOffset: 5)
    #expect(first.incidents.kinds.isEmpty)
    await before.close(within: .seconds(1))
    // It is read to its end when it goes.
    try await broker.deleteTopic(Self.topic)
    try await first.stop()
    try await broker.createTopic(Self.topic)
    let after = try Self.producer(broker)
    let new = (0..<count).map { "new\($0)" }
    try await Self.send(after, new)
    let second = try RunningIngest(broker, store: store)
    try await second.wait(forOffset: Int64(count))
    #expect(await Self.known(store, new) == new)
    #expect(second.incidents.kinds == [.replaced])
    #expect(await second.outbox().isEmpty)
    try await second.stop()
    let third = try RunningIngest(broker, store: store)
    try await Self.send(after, ["last"])
    try await third.wait(forOffset: Int64(count + 1))
    #expect(third.incidents.kinds.isEmpty, "it is the known one now")
    try await third.stop()
    await after.close(within: .seconds(1))
  }

  @Test func topicRecreationIsDetectedWhileReading() async throws {
    let broker = try await Self.start()
    let store = InMemoryTimerStore(clock: SystemClock())
    let before = try Self.producer(broker)
    try await Self.send(before, (0..<5).map { "old\($0)" })
    let ingest = try RunningIngest(broker, store: store) { $0.logCheckInterval = .milliseconds(300) }
    try await ingest.wait(forOffset: 5)
    await before.close(within: .seconds(1))
    try await broker.deleteTopic(Self.topic)
    try await broker.createTopic(Self.topic)
    let after = try Self.producer(broker)
    try await Self.send(after, ["new"])
    try await eventually("the new topic's command") { await Self.known(store, ["new"]) == ["new"] }
    #expect(ingest.incidents.kinds.first == .replaced)
    try await ingest.stop()
    await after.close(within: .seconds(1))
  }

  @Test func lostCommandsAreReported() async throws {
    let broker = try await Self.start()
    let store = InMemoryTimerStore(clock: SystemClock())
    let producer = try Self.producer(broker)
    try await Self.send(producer, ["a", "b"])
    let first = try RunningIngest(broker, store: store)
    try await first.wait(forOffset: 2)
    try await first.stop()
    try await Self.send(producer, ["lost0", "lost1", "lost2", "c"])
    broker.begin(Self.topic, at: 5)
    let second = try RunningIngest(broker, store: store)
    try await second.wait(forOffset: 6)
    #expect(second.incidents.kinds == [.lost(3)])
    #expect(await Self.known(store, ["lost0", "c"]) == ["c"])
    try await second.stop()
    await producer.close(within: .seconds(1))
  }

  @Test func newGroupSkipsPurgedTimers() async throws {
    let broker = try await Self.start()
    let store = InMemoryTimerStore(clock: SystemClock())
    let producer = try Self.producer(broker)
    try await Self.send(producer, ["gone", "there"])
    let first = try RunningIngest(broker, store: store)
    try await first.wait(forOffset: 2)
    _ = await store.apply([.cancel(CancelTimer(key: TimerKey(groupID: "g", timerID: "gone")))])
    #expect(await store.purge(endedBefore: await store.time().wall + .seconds(1), limit: 10) == 1)
    try await first.stop()
    try await Self.send(producer, ["new"])
    let second = try RunningIngest(broker, store: store, group: "fresh")
    try await second.wait(forOffset: 3, group: "fresh")
    #expect(await Self.known(store, ["gone", "there", "new"]) == ["there", "new"])
    #expect(second.incidents.kinds == [.readByAnother("g")])
    let rejected = await second.outbox()
    #expect(rejected.map(\.key) == [Array("g/gone".utf8)])
    #expect(rejected.first?.headers.contains { $0.value.contains("command-too-old") } == true)
    try await second.stop()
    await producer.close(within: .seconds(1))
  }

  @Test func missingTopicIsReadOnceCreated() async throws {
    let broker = try await KafkaBroker.start()
    let store = InMemoryTimerStore(clock: SystemClock())
    let producer = try Self.producer(broker)
    let health = KafkaHealth(producer: producer, topics: [Self.topic])
    let ingest = try RunningIngest(broker, store: store)
    try await eventually("news of the missing topic") {
      await health.check().detail?.contains("missing") == true
    }
    #expect(await health.check().condition == .degraded)
    try await broker.createTopic(Self.topic)
    try await Self.send(producer, ["a"])
    try await ingest.wait(forOffset: 1)
    try await eventually("health") { await health.check().condition == .ok }
    try await ingest.stop()
    await producer.close(within: .seconds(1))
  }
}
