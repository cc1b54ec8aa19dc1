import KafkaClient
import Logging
import NodeRuntime
import Outbox
import OutboxKafka
import ServiceLifecycle
import TestSupport
import TimerModel
import TimerTesting

/// A store in memory, and relays that publish its outbox to a real broker.
struct OutboxKafkaHarness: Sendable {
  let store = InMemoryTimerStore(clock: SystemClock())
  private let kafka: KafkaConfiguration
  private let logger = Logger(label: "test")

  init(_ broker: KafkaBroker) throws {
    var kafka = KafkaConfiguration(bootstrapServers: broker.bootstrapServers)
    kafka.deliveryTimeout = .seconds(5)
    self.kafka = kafka
  }

  func message(_ text: String, topic: String, key: String) -> OutboxMessage {
    OutboxMessage(
      shard: 0, topic: topic, key: Array(key.utf8), headers: [Header(name: "ce_type", value: "test")],
      value: Array(text.utf8))
  }

  func write(_ messages: [OutboxMessage]) async throws {
    let source = CommandSource(group: "g", topic: "t", partition: 0)
    let offset = await store.offsets(of: [source])[0]
    let batch = CommandBatch(
      source: source, expectedOffset: offset, nextOffset: (offset ?? 0) + 1, commands: [])
    _ = await store.apply(batch) { _ in messages }
  }

  /// Starts a relay of its own producer; one that is not `forgetting` removes nothing.
  func relay(forgetting: Bool = true) -> RunningRelay {
    var configuration = OutboxConfiguration(exactlyOnceTopic: "rejected")
    configuration.quarantine = .zero
    let producer: KafkaProducer
    do {
      producer = try KafkaProducer(configuration: kafka, logger: logger)
    } catch {
      preconditionFailure("librdkafka takes these properties: \(error)")
    }
    return RunningRelay(
      OutboxRelay(
        configuration: configuration, drainTimeout: .seconds(3),
        store: forgetting ? store : StuckOutbox(store), publisher: KafkaMessagePublisher(producer: producer),
        topics: KafkaPublishedMessages(configuration: kafka, logger: logger), clock: SystemClock(),
        logger: logger), shards: Array(0..<store.shardCount), logger: logger)
  }

  func waitUntilEmpty() async throws {
    try await eventually("an empty outbox") { await store.outboxCount(limit: 1) == 0 }
  }

  func waitForRecords(_ count: Int, in topic: String) async throws {
    try await eventually("\(count) records") { try await records(topic).count >= count }
  }

  /// Reads the records of a topic, each partition in its order. It waits as long as the tests' other waits,
  /// since a broker on an object store reads batch by batch.
  func records(_ topic: String) async throws -> [KafkaRecord] {
    try await KafkaTopicReader(configuration: kafka, logger: logger).read(
      topic, since: 0, within: .seconds(60)
    ) { $0 }
  }

  func text(_ record: KafkaRecord) -> String { String(decoding: record.value ?? [], as: UTF8.self) }
}

/// A relay that runs.
struct RunningRelay: Sendable {
  let relay: OutboxRelay
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  init(_ relay: OutboxRelay, shards: [Int], logger: Logger) {
    self.relay = relay
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [relay], logger: logger))
    self.group = group
    task = Task { try await group.run() }
    relay.own(shards)
  }

  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await task.value
  }

  /// Ends it without letting it finish anything.
  func kill() { task.cancel() }
}
