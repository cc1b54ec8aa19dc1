import KafkaClient
import NodeRuntime
package import TimerModel

/// Decides which records go to the store when, and where each partition is read from.
///
/// Of each partition one batch is in progress at a time, with the offset that the store must have on record. Where the store has another
/// one, or it is unknown what happened, the store is asked and the partition is read from there: nothing that this node believes
/// counts against it.
package struct KafkaIngestEngine: StepEngine, Sendable {
  let configuration: KafkaIngestConfiguration
  var partitions: [KafkaPartition: PartitionProgress] = [:]
  /// Partitions in the order in which they begin a batch.
  private var roundRobin: [KafkaPartition] = []
  /// Revocations that wait for the end of a batch.
  private var revocations: [[KafkaPartition]] = []
  /// Partitions whose offset is to be asked for, in groups that are answered together.
  private var startRequests: [[KafkaPartition]] = []
  /// The time of the next check of the logs.
  private var nextLogCheckAt = MonotonicInstant.distantFuture
  private var isCheckingLogs = false
  private var batchesInFlight = 0
  private var backoff: Backoff
  private var isDraining = false
  private var hasFailed = false

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantFuture

  /// Creates an engine that reads nothing.
  package init(configuration: KafkaIngestConfiguration) {
    self.configuration = configuration
    backoff = Backoff(first: configuration.storeBackoff)
  }

  /// True if no batch is in progress and none will be, or the consumer is of no use any more.
  package var isFinished: Bool { (isDraining || hasFailed) && batchesInFlight == 0 }

  /// The number of records that wait for the store.
  package var waitingRecords: Int { partitions.values.reduce(0) { $0 + $1.waiting.count } }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [KafkaIngestEvent], now: Moment) -> [KafkaIngestAction] {
    var actions: [KafkaIngestAction] = []
    for event in events {
      switch event {
      case .consumer(let event): handle(event, now, &actions)
      case .startsFound(let group, let starts): startsFound(group, starts, now, &actions)
      case .logsChecked(let suspects): logsChecked(suspects, now)
      case .applied(let batch, let outcome): applied(batch, outcome, now, &actions)
      case .drain: isDraining = true
      }
    }
    releaseRevoked(&actions)
    if !isDraining, !hasFailed {
      if !backoff.isWaiting(now) {
        for group in startRequests { actions.append(.findStarts(group)) }
        startRequests = []
      }
      beginBatches(now, &actions)
      startLogCheck(now, &actions)
    }
    applyBackpressure(&actions)
    wakeAt = nextWake(now)
    return actions
  }

  private func nextWake(_ now: Moment) -> MonotonicInstant {
    guard !isDraining, !hasFailed else { return .distantFuture }
    let waits = partitions.values.lazy.filter { $0.canBegin && $0.backoff.isWaiting(now) }.map(
      \.backoff.until)
    return min(
      startRequests.isEmpty ? .distantFuture : backoff.until, waits.min() ?? .distantFuture,
      isCheckingLogs ? .distantFuture : nextLogCheckAt)
  }

  private mutating func handle(
    _ event: KafkaConsumerEvent, _ now: Moment, _ actions: inout [KafkaIngestAction]
  ) {
    switch event {
    case .assigned(let group):
      for partition in group {
        partitions[partition] = PartitionProgress(backoff: Backoff(first: configuration.storeBackoff))
        roundRobin.append(partition)
      }
      scheduleLogCheck(now, after: configuration.logCheckInterval)
      // librdkafka wants an answer to an empty assignment as well.
      if group.isEmpty { actions.append(.assign([])) } else { startRequests.append(group) }
    case .revoked(let group, _):
      for partition in group {
        partitions[partition]?.isRevoked = true
        partitions[partition]?.discardWaiting()
      }
      revocations.append(group)
    case .records(let records):
      for record in records where partitions[record.partition]?.phase == .reading {
        if partitions[record.partition]?.append(record) == false { requestStart(record.partition) }
      }
    case .sought(let group):
      for partition in group where partitions[partition]?.phase == .seeking {
        partitions[partition]?.phase = .reading
      }
    case .outOfRange(let partition):
      // A broker that says so again and again is not asked without a pause.
      if partitions[partition] != nil { backoff.fail(now) }
      requestStart(partition)
    case .failed(let error):
      if error.isFatal { hasFailed = true }
      // A topic that is gone may come back as another one.
      if error.needsOperator { scheduleLogCheck(now, after: configuration.logCheckRetryDelay) }
    }
  }

  /// Has a partition read from where its log and the offset on record say.
  private mutating func requestStart(_ partition: KafkaPartition) {
    guard var progress = partitions[partition], progress.phase != .locating, !progress.isRevoked else {
      return
    }
    progress.phase = .locating
    progress.discardWaiting()
    partitions[partition] = progress
    startRequests.append([partition])
  }

  private mutating func scheduleLogCheck(_ now: Moment, after pause: Duration) {
    nextLogCheckAt = min(nextLogCheckAt, now.monotonic + pause)
  }

  /// Looks at the logs from time to time: one that was made again may go on beyond the offset that is read next, and no broker says so.
  private mutating func startLogCheck(_ now: Moment, _ actions: inout [KafkaIngestAction]) {
    guard !isCheckingLogs, nextLogCheckAt <= now.monotonic else { return }
    nextLogCheckAt = .distantFuture
    let read = roundRobin.filter { partitions[$0]?.phase == .reading }
    guard !partitions.isEmpty else { return }
    guard !read.isEmpty else { return scheduleLogCheck(now, after: configuration.logCheckInterval) }
    isCheckingLogs = true
    actions.append(.checkLogs(read))
  }

  private mutating func logsChecked(_ suspects: [KafkaPartition], _ now: Moment) {
    isCheckingLogs = false
    for partition in suspects { requestStart(partition) }
    if !partitions.isEmpty { scheduleLogCheck(now, after: configuration.logCheckInterval) }
  }

  private mutating func startsFound(
    _ group: [KafkaPartition], _ starts: [LogStart?], _ now: Moment, _ actions: inout [KafkaIngestAction]
  ) {
    var unknown: [KafkaPartition] = []
    var assignments: [KafkaPosition] = []
    var seeks: [KafkaPosition] = []
    for (partition, start) in zip(group, starts) {
      guard var progress = partitions[partition], !progress.isRevoked else { continue }
      guard let start else {
        unknown.append(partition)
        continue
      }
      progress.offset = start.onRecord
      progress.log = start.log
      progress.next = start.offset
      if progress.isAssigned {
        progress.phase = .seeking
        if progress.isPaused { actions.append(.resume([partition])) }
        progress.isPaused = false
        seeks.append(KafkaPosition(partition, offset: start.offset))
      } else {
        progress.phase = .reading
        progress.isAssigned = true
        assignments.append(KafkaPosition(partition, offset: start.offset))
      }
      partitions[partition] = progress
    }
    if unknown.isEmpty { backoff.succeed() } else { backoff.fail(now) }
    if !unknown.isEmpty { startRequests.append(unknown) }
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
      progress.backoff.succeed()
      progress.offset = batch.nextOffset
      actions.append(.commit([KafkaPosition(batch.partition, offset: batch.nextOffset)]))
    case .stale: requestStartAgain(batch.partition, &progress)
    case .failed:
      progress.backoff.fail(now)
      if !progress.isRevoked, progress.phase == .reading { progress.putBack(batch.records) }
    case .unknown:
      backoff.fail(now)
      requestStartAgain(batch.partition, &progress)
    }
  }

  private mutating func requestStartAgain(_ partition: KafkaPartition, _ progress: inout PartitionProgress) {
    progress.discardWaiting()
    guard !progress.isRevoked, progress.phase != .locating else { return }
    progress.phase = .locating
    startRequests.append([partition])
  }

  /// Gives up what was revoked once no batch of it is in progress: the next owner asks the store where to begin.
  private mutating func releaseRevoked(_ actions: inout [KafkaIngestAction]) {
    revocations.removeAll { group in
      guard !group.contains(where: { partitions[$0]?.isBusy ?? false }) else { return false }
      for partition in group { partitions[partition] = nil }
      roundRobin.removeAll { partitions[$0] == nil }
      startRequests = startRequests.map { $0.filter { partitions[$0] != nil } }.filter { !$0.isEmpty }
      actions.append(.unassign(group))
      return true
    }
  }

  private mutating func beginBatches(_ now: Moment, _ actions: inout [KafkaIngestAction]) {
    var left = roundRobin.count
    while batchesInFlight < configuration.maxBatchesInFlight, left > 0 {
      left -= 1
      let partition = roundRobin.removeFirst()
      roundRobin.append(partition)
      guard var progress = partitions[partition], progress.canBegin, !progress.backoff.isWaiting(now) else {
        continue
      }
      let records = progress.nextRecords(limit: configuration.batchLimit, bytes: configuration.batchBytes)
      progress.isBusy = true
      batchesInFlight += 1
      partitions[partition] = progress
      actions.append(
        .apply(
          RecordBatch(
            partition: partition, expectedOffset: progress.offset, log: progress.log, records: records)))
    }
  }

  /// Pauses partitions of which too much waits, and resumes them when half of it is gone.
  private mutating func applyBackpressure(_ actions: inout [KafkaIngestAction]) {
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
