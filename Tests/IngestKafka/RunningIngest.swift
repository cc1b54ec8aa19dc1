import IngestKafka
import KafkaClient
import Logging
import NodeRuntime
import OutboxKafka
import ServiceLifecycle
import Synchronization
import TestSupport
import TimerModel
import TimerTesting
import TimerWire

/// An ingest over a real broker and a store in memory, and what it told the scheduler.
final class RunningIngest: Sendable {
  let store: InMemoryTimerStore
  let listener = Listener()
  let incidents = Incidents()
  private let group: ServiceGroup
  private let task: Task<Void, any Error>
  private let producer: KafkaProducer

  final class Listener: DueListener {
    let entries = Mutex<[DueEntry]>([])

    func timersDue(_ news: [DueEntry]) { entries.withLock { $0 += news } }

    /// The timers it heard of, in order.
    var timerIDs: [String] { entries.withLock { $0.map(\.key.timerID) } }
  }

  final class Incidents: Sendable {
    let all = Mutex<[LogIncident]>([])

    var kinds: [LogIncident.Kind] { all.withLock { $0.map(\.kind) } }
  }

  /// Starts an ingest that uses `store`, or another store that hides some of its powers.
  init(
    _ broker: KafkaBroker, store: InMemoryTimerStore, hiddenBehind other: (any TimerStore)? = nil,
    group name: String = "g", configure: (inout KafkaIngestConfiguration) -> Void = { _ in }
  ) throws {
    self.store = store
    let kafka = KafkaConfiguration(
      bootstrapServers: broker.bootstrapServers,
      properties: try KafkaProperties("session.timeout.ms=6000"))
    var configuration = KafkaIngestConfiguration()
    configuration.group = name
    configure(&configuration)
    let logger = Logger(label: "test")
    producer = try KafkaProducer(configuration: kafka, logger: logger)
    let ingest = KafkaIngest(
      configuration: configuration, kafka: kafka, store: other ?? store,
      decoder: CommandDecoder(kafkaTopic: "timer-fired"), listener: listener,
      publisher: KafkaMessagePublisher(producer: producer), clock: SystemClock(), logger: logger,
      observer: KafkaIngest.Observer(incident: { [incidents] incident in
        incidents.all.withLock { $0.append(incident) }
      }))
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [ingest], logger: logger))
    self.group = group
    task = Task { try await group.run() }
  }

  /// Waits until the store has read `count` records of a partition.
  func wait(forOffset count: Int64, partition: Int32 = 0, group: String = "g") async throws {
    try await eventually("offset \(count)") {
      await store.offsets(of: [CommandSource(group: group, topic: "timer-commands", partition: partition)])
        == [count]
    }
  }

  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await task.value
    await producer.close(within: .seconds(1))
  }

  /// Ends it without letting it finish anything.
  func kill() async {
    task.cancel()
    // Whatever it says of its end, it has ended.
    _ = await task.result
    await producer.close(within: .zero)
  }

  /// Everything in the outbox, in order.
  func outbox() async -> [OutboxMessage] {
    await store.outbox(OutboxPage(shards: Array(0..<store.shardCount))).map(\.message)
  }
}
