import DequeModule
import KafkaClient
import NodeRuntime

/// The progress of the ingest in one partition.
struct PartitionProgress: Sendable {
  enum Phase: Sendable {
    /// The offset on record is being asked for; what comes meanwhile is dropped.
    case locating
    /// The consumer was told to read on elsewhere; what comes meanwhile is dropped.
    case seeking
    /// Records that come are taken.
    case reading
  }

  var phase = Phase.locating
  /// True if the consumer reads it already.
  var isAssigned = false
  /// True if it is being given up.
  var isRevoked = false
  var isPaused = false
  /// True if the store has a batch of it.
  var isBusy = false
  /// The offset that is on record, as far as is known.
  var offset: Int64?
  /// The state of the log.
  var log = LogState()
  /// The least offset that the next record can have; nil before it is known.
  var next: Int64?
  /// Keeps away from the store after it has failed on a batch of this partition.
  var backoff: Backoff
  private(set) var waiting: Deque<KafkaRecord> = []
  private(set) var waitingBytes = 0

  var canBegin: Bool { phase == .reading && !isBusy && !isRevoked && !waiting.isEmpty }

  init(backoff: Backoff) { self.backoff = backoff }

  /// Takes a record; false if the log cannot have it here, since later ones came before.
  mutating func append(_ record: KafkaRecord) -> Bool {
    if let next, record.offset < next { return false }
    next = record.offset < .max ? record.offset + 1 : .max
    waiting.append(record)
    waitingBytes += record.size
    return true
  }

  mutating func discardWaiting() {
    waiting = []
    waitingBytes = 0
  }

  /// Takes the next records out, within limits; the first one whatever its size.
  mutating func nextRecords(limit: Int, bytes: Int) -> [KafkaRecord] {
    var records: [KafkaRecord] = []
    var size = 0
    while records.count < limit, let next = waiting.first,
      records.isEmpty || size + next.size <= bytes
    {
      size += next.size
      records.append(next)
      waiting.removeFirst()
    }
    waitingBytes -= size
    return records
  }

  /// Puts records back that did not count yet.
  mutating func putBack(_ records: [KafkaRecord]) {
    for record in records.reversed() {
      waiting.prepend(record)
      waitingBytes += record.size
    }
  }
}

extension KafkaRecord {
  /// The memory that it takes, roughly, in bytes.
  var size: Int {
    256 + (key?.count ?? 0) + (value?.count ?? 0)
      + headers.reduce(0) { $0 + 64 + $1.name.utf8.count + ($1.value?.count ?? 0) }
  }
}
