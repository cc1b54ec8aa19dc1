import DequeModule
import TimerModel

/// Decides which timers are claimed next, and whether the index is read for them.
///
/// One cycle is in progress at a time: read the index, claim in the store, apply the changes to the index. Entries that are known
/// already are claimed without a read. While entries are left to claim, the changes of several claims are applied together.
///
/// ```
/// idle ─▶ reading ─▶ idle ─▶ claiming ─▶ idle ─▶ applyingIndexChanges ─▶ idle
/// ```
///
/// `claimedDueAt` is set only while claiming. Entries may wait, and changes be left over, in every phase.
struct ClaimCycle: Sendable {
  /// The request with which a cycle starts.
  enum Request: Equatable, Sendable {
    case readIndex(NextDueTimes.Shards, through: Timestamp)
    case claim(ClaimAttempt)
  }

  private enum Phase: Sendable { case idle, reading, claiming, applyingIndexChanges }

  private let configuration: SchedulerConfiguration
  private var phase = Phase.idle
  private var nextDue = NextDueTimes()
  /// The time of the last read of all shards.
  private var lastReadAt = MonotonicInstant.distantPast
  /// The entries that were read and are not claimed yet, earliest first.
  private var readAhead: Deque<DueEntry> = []
  /// The due timers that the store found and the index had missed; claimed before those that were read.
  private var foundByStore: [DueEntry] = []
  private var recalled = RecalledTimers()
  private var imminent = ImminentTimers()
  /// The earliest due time of what is being claimed, unless that was recalled.
  private var claimedDueAt: Timestamp?
  private var indexChanges = IndexChanges()
  /// The changes that are being applied.
  private var changesInProgress = IndexChanges()
  /// Additions that wait for the changes in progress, which would remove them.
  private var delayedAdditions: [DueEntry] = []

  init(configuration: SchedulerConfiguration) { self.configuration = configuration }

  var isIdle: Bool { phase == .idle }

  /// True if timers are being claimed, or read in order to be claimed.
  var isReadingOrClaiming: Bool { phase == .reading || phase == .claiming }

  /// The operation of the index that the cycle waits for.
  var indexOperation: IndexHealth.Operation? {
    switch phase {
    case .reading: .read
    case .applyingIndexChanges: .change
    case .idle, .claiming: nil
    }
  }

  /// True if additions wait for the change in progress.
  var delaysAdditions: Bool { !delayedAdditions.isEmpty }
  var hasReadAhead: Bool { !readAhead.isEmpty }
  var hasFound: Bool { !foundByStore.isEmpty }

  /// True if entries wait that can be claimed without a read.
  var hasWaiting: Bool { hasReadAhead || hasFound || !recalled.isEmpty }

  /// The due time of the earliest known timer that is not yet claimed; nil if none is known.
  var earliestDueAt: Timestamp? {
    let claimable = [claimedDueAt, foundByStore.first?.dueAt, readAhead.first?.dueAt]
    return (claimable + [nextDue.earliest, imminent.earliestDueAt]).compactMap(\.self).min()
  }

  /// Returns the time at which a cycle is to start for what is due next; `distantFuture` if nothing is known to be due.
  func nextStart(usesIndex: Bool, _ now: Moment) -> MonotonicInstant {
    var start = MonotonicInstant.distantFuture
    if usesIndex, let dueAt = nextDue.earliest {
      start = now.monotonic(at: dueAt - configuration.claimCycleLead)
    }
    if let dueAt = imminent.earliestDueAt {
      start = min(start, now.monotonic(at: dueAt - configuration.claimCycleLead))
    }
    return start
  }

  // MARK: News

  /// Remembers that the index holds these entries.
  mutating func noteIndexed(_ entries: [DueEntry]) {
    for entry in entries where !imminent.contains(entry.key) { nextDue.note(entry.dueAt, in: entry.shard) }
  }

  /// Schedules a read of all shards for `time`, whatever is known to be due.
  mutating func scheduleRead(at time: Timestamp) { nextDue.noteAll(time) }

  /// Forgets what the index held.
  mutating func forgetIndex() {
    nextDue.forget()
    readAhead = []
  }

  /// Forgets entries of shards that are not owned, and what is known of the others: all are to be read.
  mutating func forgetUnowned(_ coverage: IndexCoverage) {
    nextDue.forget()
    readAhead.removeAll { !coverage.isOwned($0.shard) }
    foundByStore.removeAll { !coverage.isOwned($0.shard) }
  }

  /// Takes the due timers that the store found, in place of those that it found before.
  mutating func setFound(_ entries: [DueEntry]) {
    for entry in entries { imminent.remove(entry.key) }
    foundByStore = entries
  }

  /// Adds timers that Delivery has recalled: they are claimed before they are due.
  mutating func recall(_ entries: [DueEntry]) {
    for entry in entries { imminent.remove(entry.key) }
    recalled.add(entries)
  }

  /// Remembers those of `entries` that are due soon, where the index is shared: they are claimed without reading it. Their owners would
  /// learn too late of those in other nodes' shards.
  ///
  /// - Parameter isUnindexed: true if they are not in the index, so that nobody else finds those of other nodes' shards.
  mutating func addImminent(
    _ entries: [DueEntry], _ coverage: IndexCoverage, isUnindexed: Bool, _ now: Moment
  ) {
    guard let interval = configuration.indexReadInterval else { return }
    let soon = now.store + interval * 2
    for entry in entries {
      let isOwned = coverage.isOwned(entry.shard)
      guard entry.dueAt <= soon || (isUnindexed && !isOwned) else {
        imminent.remove(entry.key)
        continue
      }
      if !imminent.add(entry), isOwned, !isUnindexed { nextDue.note(entry.dueAt, in: entry.shard) }
    }
  }

  /// Returns those of `entries` that can be added to the index now. A change in progress would remove the others; they are delayed.
  mutating func admitAdditions(_ entries: [DueEntry]) -> [DueEntry] {
    indexChanges.keep(entries)
    let (free, colliding) = changesInProgress.split(entries)
    delayedAdditions += colliding
    return free
  }

  /// Returns the additions that waited for the change that has ended.
  mutating func takeDelayedAdditions() -> [DueEntry] {
    defer { delayedAdditions = [] }
    return delayedAdditions
  }

  // MARK: Start

  /// Starts a cycle and returns its request; nil if one is in progress or there is nothing to do. `capacity` must not be used up.
  mutating func start(_ capacity: DeliveryCapacity, usesIndex: Bool, _ now: Moment) -> Request? {
    guard phase == .idle else { return nil }
    guard !recalled.isNextInTurn else { return claimRecalled(capacity, now) }
    recalled.markNext()
    return startWithDue(capacity, usesIndex: usesIndex, now) ?? claimRecalled(capacity, now)
  }

  private mutating func startWithDue(
    _ capacity: DeliveryCapacity, usesIndex: Bool, _ now: Moment
  ) -> Request? {
    let through = now.store + configuration.claimAhead
    let begin = now.store + configuration.claimCycleLead
    if imminent.earliestDueAt.map({ $0 <= begin }) ?? false {
      let entries = imminent.removeDue(through: through, limit: configuration.claimBatch)
      if let attempt = claim(entries, capacity, now) { return .claim(attempt) }
    }
    if hasFound { return claimFound(capacity, now).map(Request.claim) }
    if hasReadAhead {
      let entries = Array(readAhead)
      readAhead = []
      return claim(entries, capacity, now).map(Request.claim)
    }
    let isPeriodic = isPeriodicReadDue(now)
    guard usesIndex, isPeriodic || nextDue.earliest.map({ $0 <= begin }) ?? false else { return nil }
    phase = .reading
    // What is added from now on may be due earlier than what the reply will say; the earlier one is kept.
    let shards = isPeriodic ? nextDue.takeAll() : nextDue.take(through: through)
    if shards == .all { lastReadAt = now.monotonic }
    return .readIndex(shards, through: through)
  }

  private func isPeriodicReadDue(_ now: Moment) -> Bool {
    guard let interval = configuration.indexReadInterval else { return false }
    return lastReadAt == .distantPast
      || now.monotonic.microseconds(since: lastReadAt) >= interval.microseconds
  }

  /// Claims timers that the store found due, and leaves the rest for the next cycle.
  private mutating func claimFound(_ capacity: DeliveryCapacity, _ now: Moment) -> ClaimAttempt? {
    let batch = Array(foundByStore.prefix(min(capacity.timers, configuration.claimBatch)))
    foundByStore.removeFirst(batch.count)
    if hasReadAhead {
      let keys = Set(batch.map(\.key))
      readAhead.removeAll { keys.contains($0.key) }
    }
    return claim(batch, capacity, now)
  }

  /// Claims recalled timers. The store has them due later, but they were due before Delivery released them.
  private mutating func claimRecalled(_ capacity: DeliveryCapacity, _ now: Moment) -> Request? {
    guard !recalled.isEmpty else { return nil }
    let entries = recalled.dequeue(min(capacity.timers, configuration.claimBatch))
    guard let latest = entries.map(\.dueAt).max() else { return nil }
    phase = .claiming
    let ahead = Duration.milliseconds(Timestamp.millisecondsBetween(now.store, latest))
    return .claim(attempt(entries, capacity, now, ahead: max(ahead, configuration.claimAhead)))
  }

  /// Claims as many of `entries` as there is capacity for and keeps the rest in `readAhead`.
  private mutating func claim(
    _ entries: [DueEntry], _ capacity: DeliveryCapacity, _ now: Moment
  ) -> ClaimAttempt? {
    guard let first = entries.first else { return nil }
    phase = .claiming
    claimedDueAt = first.dueAt
    let count = min(entries.count, capacity.timers, configuration.claimBatch)
    readAhead.prepend(contentsOf: entries[count...])
    return attempt(Array(entries[..<count]), capacity, now)
  }

  private func attempt(
    _ entries: [DueEntry], _ capacity: DeliveryCapacity, _ now: Moment, ahead: Duration? = nil
  ) -> ClaimAttempt {
    ClaimAttempt(
      entries: entries, payloadBudget: capacity.payloadBytes,
      deadline: now.monotonic + .microseconds(configuration.claimLease.certainLeaseMicroseconds), ahead: ahead
    )
  }

  // MARK: Answers

  /// Ends the read or the change that the cycle waits for, answered or given up.
  mutating func endIndexOperation() {
    phase = .idle
    changesInProgress = IndexChanges()
  }

  /// Claims what was read and returns the claim; nil if nothing was, or without `capacity`: then it is read again.
  mutating func claimRead(_ reply: DueReply, _ capacity: DeliveryCapacity?, _ now: Moment) -> ClaimAttempt? {
    for (shard, dueAt) in reply.nextDueAt { nextDue.note(dueAt, in: shard) }
    guard let capacity else {
      noteIndexed(reply.entries)
      return nil
    }
    for entry in reply.entries { imminent.remove(entry.key) }
    return claim(reply.entries, capacity, now)
  }

  /// Ends a claim and returns the timers that are claimed. Those that exceeded the payload budget are claimed again, before others.
  mutating func endClaim(_ attempt: ClaimAttempt, _ reply: ClaimReply) -> [ClaimedTimer] {
    phase = .idle
    claimedDueAt = nil
    var claimed: [ClaimedTimer] = []
    var left: [DueEntry] = []
    for (entry, verdict) in zip(attempt.entries, reply.verdicts) {
      switch verdict {
      case .claimed(let timer):
        claimed.append(
          ClaimedTimer(
            timer: timer, shard: entry.shard, deadline: attempt.deadline, claimedAt: reply.time.wall))
        indexChanges.remove.append(entry)
      case .gone, .held: indexChanges.remove.append(entry)
      case .notYetDue(let dueAt):
        indexChanges.move.append(DueEntry(key: entry.key, shard: entry.shard, dueAt: dueAt))
      case .overBudget: left.append(entry)
      }
    }
    if attempt.ahead == nil { readAhead.prepend(contentsOf: left) } else { recalled.putBack(left) }
    return claimed
  }

  /// Ends a claim whose reply was lost; its timers are read or claimed again.
  mutating func failClaim(_ attempt: ClaimAttempt) {
    phase = .idle
    claimedDueAt = nil
    if attempt.ahead != nil { return recalled.putBack(attempt.entries) }
    // The index need not hold those that this node announced itself.
    let isShared = configuration.indexReadInterval != nil
    for entry in attempt.entries where !isShared || !imminent.add(entry) {
      nextDue.note(entry.dueAt, in: entry.shard)
    }
  }

  /// Starts to apply the changes to the index that claims have left, and returns them; nil if there are none.
  mutating func startIndexChanges() -> IndexChanges? {
    guard !indexChanges.isEmpty else { return nil }
    defer { indexChanges = IndexChanges() }
    phase = .applyingIndexChanges
    changesInProgress = indexChanges
    noteIndexed(indexChanges.move)
    return indexChanges
  }

  /// Drops the changes that claims have left: the index is down.
  mutating func discardIndexChanges() { indexChanges = IndexChanges() }
}
