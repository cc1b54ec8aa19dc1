#if Kafka
import IngestKafka
import KafkaClient
import Logging
import Outbox
import OutboxKafka
import ServiceLifecycle
import Telemetry
import TimerModel
import TimerWire

/// Fills the store's outbox, and publishes it with a producer of its own, so that it does not wait for other
/// records.
struct OutboxComponents: Service {
  let policy: OutboxPolicy
  let commands: CommandOutbox
  let relay: OutboxRelay
  private let store: any TimerOutbox
  private let producer: KafkaProducer
  private let waiting: Gauge

  /// The number of messages that wait for the broker.
  var waitingMessages: Int { producer.waitingMessages }

  /// The timeout of a message; a topic without a leader delays others for no longer.
  static let deliveryTimeout = Duration.seconds(5)
  /// The time that a new owner of a shard waits for messages that its earlier owner may be sending:
  /// librdkafka checks only once a second for messages too old to be sent, and those it has sent by then must
  /// arrive.
  static let quarantine = deliveryTimeout + .seconds(2)
  private static let drainTimeout = Duration.seconds(3)
  private static let countInterval = Duration.seconds(5)
  private static let countLimit = 10_000

  /// Creates the parts that Kafka needs; nil if the settings name no Kafka, or if the store has no outbox.
  init?(
    _ setting: KafkaSetting?, _ openedStore: OpenedStore, instruments: Instruments, logger: Logger
  ) throws {
    guard let setting, let store = openedStore.store as? any TimerOutbox else { return nil }
    var client = setting.client
    client.deliveryTimeout = Self.deliveryTimeout
    var configuration = OutboxConfiguration(exactlyOnceTopic: setting.ingest.rejectedTopic)
    // Nobody else can be publishing from a store that one process uses.
    configuration.quarantine = openedStore.shared == nil ? .zero : Self.quarantine
    let published = instruments.count(.outboxPublished)
    let failures = instruments.count(.outboxFailures)
    self.store = store
    waiting = instruments.gauge(.outboxMessages)
    let overflows = instruments.counts(.queueOverflows, by: QueueName.self)[.producer]
    producer = try KafkaProducer(configuration: client, logger: logger, onOverflow: { overflows.add() })
    relay = OutboxRelay(
      configuration: configuration, drainTimeout: Self.drainTimeout, store: store,
      publisher: KafkaMessagePublisher(producer: producer),
      topics: KafkaPublishedMessages(
        configuration: setting.client, group: setting.ingest.group, logger: logger),
      clock: openedStore.clock,
      logger: logger
    ) { progress in
      published.add(progress.published)
      failures.add(progress.failed + progress.dropped)
    }
    policy = OutboxPolicy(
      eventsTopic: setting.eventsTopic, deadLettersTopic: setting.deadLettersTopic,
      shardCount: store.shardCount)
    commands = CommandOutbox(policy: policy, listener: relay, clock: openedStore.clock)
  }

  /// Publishes until a graceful shutdown, then what is there; then closes the producer.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await relay.run() }
      group.addTask { await count() }
      try await group.next()
      group.cancelAll()
    }
    await producer.close(within: .seconds(1))
  }

  /// Counts what waits until its task is cancelled, or the relay ends.
  private func count() async {
    repeat {
      // A store that is away is told of elsewhere.
      if let count = try? await store.outboxCount(limit: Self.countLimit) { waiting.set(count) }
      // The interval itself; cancelled when the relay ends.
    } while (try? await Task.sleep(for: Self.countInterval)) != nil
  }
}
#endif
