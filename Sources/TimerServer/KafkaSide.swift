import DeliveryKafka
import IngestKafka
import KafkaClient
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry
import TimerModel

/// What Kafka adds to a node: one producer for all that it sends, and a consumer of commands.
struct KafkaSide: Sendable {
  let producer: KafkaProducer
  let transport: KafkaDeliveryTransport
  let publisher: KafkaMessagePublisher
  let health: KafkaHealth
  private let setting: KafkaSetting
  private let instruments: Instruments
  private let logger: Logger

  /// Makes the producer; nil where the settings name no Kafka.
  init?(_ setting: KafkaSetting?, instruments: Instruments, logger: Logger) throws {
    guard let setting else { return nil }
    self.setting = setting
    self.instruments = instruments
    self.logger = logger
    producer = try KafkaProducer(configuration: setting.client, logger: logger)
    transport = KafkaDeliveryTransport(producer: producer)
    publisher = KafkaMessagePublisher(producer: producer)
    health = KafkaHealth(producer: producer)
  }

  /// The consumer of commands.
  func ingest(
    store: any TimerStore, decoder: CommandDecoder, listener: any DueListener, outbox: CommandOutbox?,
    clock: any NodeClock
  ) -> KafkaIngest {
    let lag = instruments.gauge(.consumerLag)
    let rejections = instruments.count(.kafkaRejected)
    let batches = instruments.sizes(.kafkaBatch)
    return KafkaIngest(
      configuration: setting.ingest, kafka: setting.client, store: store, decoder: decoder,
      listener: listener, publisher: publisher, outbox: outbox, clock: clock, logger: logger,
      observer: KafkaIngest.Observer(
        statistics: { lag.set(Int($0.lag.values.reduce(0, +))) },
        applied: { commands, rejected in
          batches.record(commands)
          rejections.add(rejected)
        }))
  }

  /// Keeps the producer until everything that may send has stopped.
  var closing: some Service { KafkaClosing(producer: producer) }
}

private struct KafkaClosing: Service {
  let producer: KafkaProducer

  /// What is not acknowledged by then is sent again by another node, or after the next start.
  private static let timeout = Duration.seconds(2)

  func run() async throws {
    try? await gracefulShutdown()  // A cancelled group closes as well.
    await producer.close(within: Self.timeout)
  }
}
