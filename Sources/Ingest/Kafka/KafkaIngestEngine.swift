import KafkaClient
public import StepRunner
public import TimerModel

/// Decides which records go to the store when, and where each partition is read from.
///
/// Of each partition one batch is under way at a time, with the offset that the store must have on record. Where the store has another
/// one, or it is unknown what happened, the store is asked and the partition is read from there: nothing that this node believes
/// counts against it.
public struct KafkaIngestEngine: StepEngine, Sendable {
  let configuration: KafkaIngestConfiguration
  var partitions: [KafkaPartition: PartitionProgress] = [:]
  /// Partitions in the order in which they begin a batch.
  private var turns: [KafkaPartition] = []
  /// Revocations that wait for the end of a batch.
  private var revocations: [[KafkaPartition]] = []
  /// Partitions whose offset is to be asked for, in groups that are answered together.
  private var questions: [[KafkaPartition]] = []
  private var batchesInFlight = 0
  private var backoff: Backoff
  private var isDraining = false
  private var isBroken = false

  /// When it wants to be stepped again.
  public private(set) var wakeAtMonotonicMicroseconds: Int64 = .max

  /// Makes an engine that reads nothing.
  public init(configuration: KafkaIngestConfiguration) {
    self.configuration = configuration
    backoff = Backoff(first: configuration.storeBackoff)
  }

  /// Whether no batch is under way and none will be, or the consumer is of no use any more.
  public var isFinished: Bool { (isDraining || isBroken) && batchesInFlight == 0 }

  /// How many records wait for the store.
  public var waitingRecords: Int { partitions.values.reduce(0) { $0 + $1.waiting.count } }

  /// Takes note of events and says what is to be done now.
  public mutating func step(_ events: [KafkaIngestEvent], now: Moment) -> [KafkaIngestAction] {
    var actions: [KafkaIngestAction] = []
    for event in events {
      switch event {
      case .consumer(let event): hear(event, &actions)
      case .offsetsRead(let group, let offsets): offsetsRead(group, offsets, now, &actions)
      case .applied(let batch, let outcome): applied(batch, outcome, now, &actions)
      case .drain: isDraining = true
      }
    }
    giveUp(&actions)
    if !isDraining, !isBroken, !backoff.isWaiting(now) {
      for group in questions { actions.append(.readOffsets(group)) }
      questions = []
      beginBatches(&actions)
    }
    control(&actions)
    let isIdle = questions.isEmpty && !partitions.values.contains { $0.canBegin }
    wakeAtMonotonicMicroseconds = backoff.isWaiting(now) && !isIdle ? backoff.until : .max
    return actions
  }

  private mutating func hear(_ event: KafkaConsumerEvent, _ actions: inout [KafkaIngestAction]) {
    switch event {
    case .assigned(let group):
      for partition in group {
        partitions[partition] = PartitionProgress()
        turns.append(partition)
      }
      // librdkafka wants an answer to an empty assignment as well.
      if group.isEmpty { actions.append(.assign([])) } else { questions.append(group) }
    case .revoked(let group, _):
      for partition in group {
        partitions[partition]?.isRevoked = true
        partitions[partition]?.drop()
      }
      revocations.append(group)
    case .records(let records):
      for record in records where partitions[record.partition]?.phase == .reading {
        partitions[record.partition]?.take(record)
      }
    case .sought(let group):
      for partition in group where partitions[partition]?.phase == .seeking {
        partitions[partition]?.phase = .reading
      }
    case .failed(let error): if error.isFatal { isBroken = true }
    }
  }

  private mutating func offsetsRead(
    _ group: [KafkaPartition], _ offsets: [Int64?]?, _ now: Moment, _ actions: inout [KafkaIngestAction]
  ) {
    guard let offsets else {
      backoff.fail(now)
      questions.append(group)
      return
    }
    backoff.succeed()
    var assignments: [KafkaPosition] = []
    var seeks: [KafkaPosition] = []
    for (partition, offset) in zip(group, offsets) {
      guard var progress = partitions[partition], !progress.isRevoked else { continue }
      progress.offset = offset
      if progress.isAssigned {
        progress.phase = .seeking
        seeks.append(KafkaPosition(partition, offset: offset))
      } else {
        progress.phase = .reading
        progress.isAssigned = true
        assignments.append(KafkaPosition(partition, offset: offset))
      }
      partitions[partition] = progress
    }
    if !assignments.isEmpty { actions.append(.assign(assignments)) }
    if !seeks.isEmpty { actions.append(.seek(seeks)) }
  }

  private mutating func applied(
    _ batch: RecordBatch, _ outcome: BatchOutcome, _ now: Moment, _ actions: inout [KafkaIngestAction]
  ) {
    batchesInFlight -= 1
    guard var progress = partitions[batch.partition] else { return }
    defer { partitions[batch.partition] = progress }
    progress.isBusy = false
    switch outcome {
    // The same batch again, of which an earlier answer was lost.
    case .stale(batch.nextOffset), .applied:
      backoff.succeed()
      progress.offset = batch.nextOffset
      actions.append(.commit([KafkaPosition(batch.partition, offset: batch.nextOffset)]))
    case .stale(let offset):
      progress.offset = offset
      progress.drop()
      guard !progress.isRevoked else { return }
      progress.phase = .seeking
      actions.append(.seek([KafkaPosition(batch.partition, offset: offset)]))
    case .failed:
      backoff.fail(now)
      if !progress.isRevoked { progress.putBack(batch.records) }
    case .unknown:
      backoff.fail(now)
      progress.drop()
      guard !progress.isRevoked else { return }
      progress.phase = .asking
      questions.append([batch.partition])
    }
  }

  /// Gives up what was revoked once no batch of it is under way: the next owner asks the store where to begin.
  private mutating func giveUp(_ actions: inout [KafkaIngestAction]) {
    revocations.removeAll { group in
      guard !group.contains(where: { partitions[$0]?.isBusy ?? false }) else { return false }
      for partition in group { partitions[partition] = nil }
      turns.removeAll { partitions[$0] == nil }
      questions = questions.map { $0.filter { partitions[$0] != nil } }.filter { !$0.isEmpty }
      actions.append(.unassign(group))
      return true
    }
  }

  private mutating func beginBatches(_ actions: inout [KafkaIngestAction]) {
    var left = turns.count
    while batchesInFlight < configuration.maxBatchesInFlight, left > 0 {
      left -= 1
      let partition = turns.removeFirst()
      turns.append(partition)
      guard var progress = partitions[partition], progress.canBegin else { continue }
      let records = progress.nextRecords(limit: configuration.batchLimit, bytes: configuration.batchBytes)
      progress.isBusy = true
      batchesInFlight += 1
      partitions[partition] = progress
      actions.append(
        .apply(RecordBatch(partition: partition, expectedOffset: progress.offset, records: records)))
    }
  }

  /// Pauses partitions of which too much waits, and resumes them when half of it is gone.
  private mutating func control(_ actions: inout [KafkaIngestAction]) {
    let bytes = partitions.values.reduce(0) { $0 + $1.waitingBytes }
    var paused: [KafkaPartition] = []
    var resumed: [KafkaPartition] = []
    for (partition, progress) in partitions where progress.isAssigned && !progress.isRevoked {
      let count = progress.waiting.count
      if !progress.isPaused,
        count >= configuration.bufferLimit || bytes >= configuration.bufferBytes && count > 0
      {
        paused.append(partition)
      } else if progress.isPaused,
        count == 0 || count <= configuration.bufferLimit / 2 && bytes <= configuration.bufferBytes / 2
      {
        resumed.append(partition)
      }
    }
    for partition in paused { partitions[partition]?.isPaused = true }
    for partition in resumed { partitions[partition]?.isPaused = false }
    if !paused.isEmpty { actions.append(.pause(paused)) }
    if !resumed.isEmpty { actions.append(.resume(resumed)) }
  }
}
