import IngestKafka
import KafkaClient
import TimerModel

/// The ingest's engine with a clock in hand, and what it wanted in the last step.
struct IngestHarness {
  var engine: KafkaIngestEngine
  var now = Moment(storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))
  private(set) var actions: [KafkaIngestAction] = []

  init(configure: (inout KafkaIngestConfiguration) -> Void = { _ in }) {
    var configuration = KafkaIngestConfiguration()
    configure(&configuration)
    engine = KafkaIngestEngine(configuration: configuration)
  }

  mutating func handle(_ events: KafkaIngestEvent...) { actions = engine.step(events, now: now) }

  mutating func pass(_ duration: Duration) {
    now.storeMicroseconds += duration.microseconds
    now.monotonic += duration
    handle()
  }

  /// Has a partition assigned and read from `offset`.
  mutating func read(_ partition: KafkaPartition, from offset: Int64?) {
    handle(.consumer(.assigned([partition])))
    handle(.startsFound([partition], [LogStart(offset: offset, onRecord: offset)]))
  }

  var batches: [RecordBatch] {
    actions.compactMap { if case .apply(let batch) = $0 { batch } else { nil } }
  }

  static let partition = KafkaPartition(topic: "c", number: 0)
  static let other = KafkaPartition(topic: "c", number: 1)

  static func records(
    _ offsets: some Sequence<Int64>, of partition: KafkaPartition = partition, bytes: Int = 1
  )
    -> KafkaIngestEvent
  {
    .consumer(
      .records(
        offsets.map {
          KafkaRecord(partition: partition, offset: $0, key: nil, value: [UInt8](repeating: 1, count: bytes))
        }))
  }
}
