#if Kafka
import DeliveryKafka
import Ingest
import IngestKafka
import KafkaClient
import Logging
import OutboxKafka
import ServiceLifecycle
import Synchronization
import Telemetry
import TimerModel
import TimerWire

/// The parts that Kafka adds to a node: one producer for everything it sends, and a consumer of commands.
struct KafkaComponents: Sendable {
  let producer: KafkaProducer
  let transport: KafkaDeliveryTransport
  let publisher: KafkaMessagePublisher
  let health: KafkaHealth
  let logHealth: CommandLogHealth
  /// The number of messages that wait for the broker.
  var waitingMessages: Int { producer.waitingMessages }
  private let setting: KafkaSetting
  private let clock: any NodeClock
  private let instruments: Instruments
  private let logger: Logger

  /// Creates the producer; nil where the settings name no Kafka.
  init?(_ setting: KafkaSetting?, clock: any NodeClock, instruments: Instruments, logger: Logger) throws {
    guard let setting else { return nil }
    self.setting = setting
    self.clock = clock
    self.instruments = instruments
    self.logger = logger
    let overflows = instruments.counts(.queueOverflows, by: QueueName.self)[.producer]
    producer = try KafkaProducer(
      configuration: setting.client, topics: [setting.firedTopic], logger: logger,
      onOverflow: { overflows.add() })
    transport = KafkaDeliveryTransport(producer: producer)
    publisher = KafkaMessagePublisher(producer: producer)
    health = KafkaHealth(producer: producer, topics: setting.topics)
    logHealth = CommandLogHealth(clock: clock)
  }

  /// The consumer of commands.
  func ingest(
    store: any TimerStore, decoder: CommandDecoder, listener: any DueListener, outbox: CommandOutbox?,
    spans: Spans
  ) -> KafkaIngest {
    let lag = instruments.gauge(.consumerLag)
    let rejections = instruments.count(.kafkaRejected)
    let batches = instruments.sizes(.kafkaBatch)
    let meters = CommandMeters(instruments, origin: .kafka)
    let depth = instruments.gauges(.queueDepth, by: QueueName.self)[.records]
    let waiting = WaitingRecords()
    let lost = instruments.count(.kafkaCommandsLost)
    let logChanges = instruments.count(.kafkaLogChanges)
    let (logger, logHealth) = (logger, logHealth)
    return KafkaIngest(
      configuration: setting.ingest, kafka: setting.client, store: store, decoder: decoder,
      listener: listener, publisher: publisher, outbox: outbox, clock: clock, logger: logger, spans: spans,
      observer: KafkaIngest.Observer(
        statistics: { lag.set($0.totalLag(including: waiting.count.load(ordering: .relaxed))) },
        applied: { results, invalid in
          batches.record(results.count + invalid)
          meters.count(results)
          meters.invalid(invalid)
          rejections.add(invalid + results.count { if case .rejected = $0 { true } else { false } })
          logger.log(results)
        }, failed: { meters.failed($0) },
        waiting: { count in
          depth.set(count)
          waiting.count.store(count, ordering: .relaxed)
        },
        incident: { incident in
          lost.add(Int(incident.lostRecords))
          if incident.needsAttention { logChanges.add() }
          logHealth.record(incident)
        }))
  }

  /// Keeps the producer until everything that may send has stopped.
  var closing: some Service { KafkaClosing(producer: producer) }
}

/// The records that this node has read and not yet handed to the store: they belong to the lag.
private final class WaitingRecords: Sendable { let count = Atomic(0) }

private struct KafkaClosing: Service {
  let producer: KafkaProducer

  /// The time for the last acknowledgements. Messages without one by then are sent again by another node, or
  /// after the next start.
  private static let timeout = Duration.seconds(2)

  func run() async throws {
    try? await gracefulShutdown()  // A cancelled group closes as well.
    await producer.close(within: Self.timeout)
  }
}
#endif
