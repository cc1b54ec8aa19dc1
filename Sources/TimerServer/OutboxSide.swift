import DeliveryKafka
import IngestKafka
import KafkaClient
import Logging
import Outbox
import ServiceLifecycle
import Telemetry
import TimerModel

/// What fills the store's outbox, and what publishes it: with a producer of its own, so that it waits for nobody's records.
struct OutboxSide: Service {
  let policy: OutboxPolicy
  let commands: CommandOutbox
  let relay: OutboxRelay
  private let store: any TimerOutbox
  private let producer: KafkaProducer
  private let waiting: Gauge

  /// How many messages wait for the broker.
  var waitingMessages: Int { producer.waitingMessages }

  /// How long a message may take; a topic that has no leader holds up others for no longer.
  static let deliveryTimeout = Duration.seconds(5)
  /// How long who takes over a shard waits for those that its earlier owner may be sending: librdkafka looks only once a second
  /// for what is too old to be sent, and what it has sent by then must arrive.
  static let quarantine = deliveryTimeout + .seconds(2)
  private static let drainTimeout = Duration.seconds(3)
  private static let countInterval = Duration.seconds(5)
  private static let countLimit = 10_000

  /// Makes what Kafka needs; nil where the settings name none, or where the store has no outbox.
  init?(
    _ setting: KafkaSetting?, _ backend: Backend, instruments: Instruments, logger: Logger
  ) throws {
    guard let setting, let store = backend.store as? any TimerOutbox else { return nil }
    var client = setting.client
    client.deliveryTimeout = Self.deliveryTimeout
    var configuration = OutboxConfiguration(exactTopic: setting.ingest.rejectedTopic)
    // Nobody else can be publishing from a store that one process uses.
    configuration.quarantine = backend.sharedClock == nil ? .zero : Self.quarantine
    let published = instruments.count(.outboxPublished)
    let failures = instruments.count(.outboxFailures)
    self.store = store
    waiting = instruments.gauge(.outboxMessages)
    let refusals = instruments.counts(.queueRefusals, by: QueueName.self)[.producer]
    producer = try KafkaProducer(configuration: client, logger: logger, refused: { refusals.add() })
    relay = OutboxRelay(
      configuration: configuration, drainTimeout: Self.drainTimeout, store: store,
      publisher: KafkaMessagePublisher(producer: producer),
      topics: KafkaPublishedMessages(
        configuration: setting.client, group: setting.ingest.group, logger: logger),
      clock: backend.clock,
      logger: logger
    ) { progress in
      published.add(progress.published)
      failures.add(progress.failed + progress.refused)
    }
    policy = OutboxPolicy(
      eventsTopic: setting.eventsTopic, deadLettersTopic: setting.deadLettersTopic,
      shardCount: store.shardCount)
    commands = CommandOutbox(policy: policy, listener: relay, clock: backend.clock)
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
