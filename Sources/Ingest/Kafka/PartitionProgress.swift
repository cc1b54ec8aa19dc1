import DequeModule
import KafkaClient

/// How far the ingest is with one partition.
struct PartitionProgress: Sendable {
  enum Phase: Sendable {
    /// The offset on record is being asked for; what comes meanwhile is dropped.
    case asking
    /// The consumer was told to read on elsewhere; what comes meanwhile is dropped.
    case seeking
    /// Records that come are taken.
    case reading
  }

  var phase = Phase.asking
  /// Whether the consumer reads it already.
  var isAssigned = false
  /// Whether it is being given up.
  var isRevoked = false
  var isPaused = false
  /// Whether the store has a batch of it.
  var isBusy = false
  /// The offset that is on record, as far as is known.
  var offset: Int64?
  private(set) var waiting: Deque<KafkaRecord> = []
  private(set) var waitingBytes = 0

  var canBegin: Bool { phase == .reading && !isBusy && !isRevoked && !waiting.isEmpty }

  mutating func take(_ record: KafkaRecord) {
    waiting.append(record)
    waitingBytes += record.size
  }

  mutating func drop() {
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
  /// What it takes of memory, roughly.
  var size: Int {
    256 + (key?.count ?? 0) + (value?.count ?? 0)
      + headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
  }
}
