import DequeModule
import HeapModule
import NodeRuntime
import TimerModel

// One claim cycle: read the index, claim in the store, deliver, apply the changes to the index.
extension SchedulerEngine {
  mutating func startClaimCycle(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard claimCycle == .idle, canClaim(now), !storeBackoff.isWaiting(now) else { return }
    if recalled.isNextInTurn { return claimRecalled(now, &actions) }
    recalled.markNext()
    defer { if claimCycle == .idle, !recalled.isEmpty { claimRecalled(now, &actions) } }
    let through = now.store + configuration.claimAhead
    let begin = now.store + configuration.claimCycleLead
    if foreignDueSoon.min.map({ $0.entry.dueAt <= begin }) ?? false,
      claimForeignDueSoon(through: through, now, &actions)
    {
      return
    }
    if !foundByStore.isEmpty { return claimFound(now, &actions) }
    if !readAhead.isEmpty {
      let entries = Array(readAhead)
      readAhead = []
      return claim(entries, now: now, &actions)
    }
    guard usesIndex, nextDueAt.map({ $0 <= begin }) ?? false || isPeriodicReadDue(now) else { return }
    claimCycle = .reading
    index.startRead(at: now.monotonic)
    lastReadAt = now.monotonic
    // What is added from now on may be due earlier than what the reply will say; `add` keeps the earlier one.
    self.nextDueAt = nil
    actions.append(.readIndex(shards: coverage.owned, through: through, limit: configuration.readBatch))
  }

  private func isPeriodicReadDue(_ now: Moment) -> Bool {
    guard let interval = configuration.indexReadInterval else { return false }
    return lastReadAt == .distantPast
      || now.monotonic.microseconds(since: lastReadAt) >= interval.microseconds
  }

  /// Claims timers of other nodes' shards that are due before their owners would learn of them.
  private mutating func claimForeignDueSoon(
    through: Timestamp, _ now: Moment, _ actions: inout [SchedulerAction]
  ) -> Bool {
    var entries: [DueEntry] = []
    while let next = foreignDueSoon.min, next.entry.dueAt <= through, entries.count < configuration.claimBatch
    {
      foreignDueSoon.removeMin()
      entries.append(next.entry)
    }
    claim(entries, now: now, &actions)
    return !entries.isEmpty
  }

  /// Claims timers that the store found due, and leaves the rest for the next cycle.
  private mutating func claimFound(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let batch = Array(foundByStore.prefix(min(capacity.timers, configuration.claimBatch)))
    foundByStore.removeFirst(batch.count)
    if !readAhead.isEmpty {
      let keys = Set(batch.map(\.key))
      readAhead.removeAll { keys.contains($0.key) }
    }
    claim(batch, now: now, &actions)
  }

  /// Remembers a timer of another node's shard of which its owner would learn too late: one that is due soon, or that is not in the
  /// index.
  mutating func rememberForeign(_ entry: DueEntry, _ now: Moment, isUnindexed: Bool = false) {
    guard let interval = configuration.indexReadInterval, !coverage.isOwned(entry.shard),
      isUnindexed || entry.dueAt <= now.store + interval * 2, foreignDueSoon.count < Self.foreignLimit
    else { return }
    foreignDueSoon.insert(ForeignEntry(entry: entry))
  }

  /// Beyond this, timers are left to their owners, which find them a little later.
  private static let foreignLimit = 20_000

  mutating func indexWasRead(_ reply: DueReply?, now: Moment, _ actions: inout [SchedulerAction]) {
    let isAwaited = index.end(.read)
    if isAwaited { claimCycle = .idle }
    guard let reply else { return indexFailed(now) }
    guard isAwaited else { return }
    noteDue(at: reply.nextDueAt)
    claim(reply.entries, now: now, &actions)
  }

  /// Claims as many of `entries` as there is capacity for and keeps the rest in `readAhead`. Does nothing while a cycle is in progress.
  mutating func claim(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard claimCycle == .idle, !isDraining, canClaim(now), !entries.isEmpty else {
      return noteDue(at: entries.first?.dueAt)
    }
    claimCycle = .claiming
    claimedDueAt = entries.first?.dueAt
    let count = min(entries.count, capacity.timers, configuration.claimBatch)
    readAhead.prepend(contentsOf: entries[count...])
    let attempt = ClaimAttempt(
      entries: Array(entries[..<count]), payloadBudget: capacity.payloadBytes,
      deadline: now.monotonic + .microseconds(configuration.claimLease.certainLeaseMicroseconds))
    actions.append(.claim(attempt))
  }

  mutating func claimWasAnswered(
    _ attempt: ClaimAttempt, _ reply: ClaimReply?, now: Moment, _ actions: inout [SchedulerAction]
  ) {
    claimCycle = .idle
    claimedDueAt = nil
    guard let reply else {
      storeBackoff.fail(now)
      lostClaims.add(attempt)
      if attempt.ahead != nil { recalled.putBack(attempt.entries) }
      noteDue(at: attempt.entries.first?.dueAt)
      // The index need not hold what was claimed.
      sweep.schedule(at: now.monotonic)
      return applyIndexChanges(now, &actions)
    }
    storeBackoff.succeed()
    var claimed: [ClaimedTimer] = []
    var left: [DueEntry] = []
    for (entry, verdict) in zip(attempt.entries, reply.verdicts) {
      switch verdict {
      case .claimed(let timer):
        claimed.append(
          ClaimedTimer(
            timer: timer, shard: entry.shard,
            deadline: attempt.deadline,
            claimedAt: reply.time.wall))
        indexChanges.remove.append(entry)
      case .gone, .held: indexChanges.remove.append(entry)
      case .notYetDue(let dueAt):
        indexChanges.move.append(DueEntry(key: entry.key, shard: entry.shard, dueAt: dueAt))
      case .overBudget: left.append(entry)
      }
    }
    if attempt.ahead == nil { readAhead.prepend(contentsOf: left) } else { recalled.putBack(left) }
    if index.detectStaleEntries(reply.verdicts, at: now.monotonic) { sweep.schedule(at: now.monotonic) }
    deliver(claimed, &actions)
    applyIndexChanges(now, &actions)
    pollAgainIfBacklogged(now)
  }

  /// Recovers a claim whose reply was lost. Delivery recognizes the timers that it holds already.
  mutating func startRecovery(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !storeBackoff.isWaiting(now), let attempt = lostClaims.startRecovery(at: now.monotonic) else {
      return
    }
    actions.append(.recoverClaim(attempt))
  }

  mutating func claimRecovered(
    _ attempt: ClaimAttempt, _ timers: [Timer]?, now: Moment, _ actions: inout [SchedulerAction]
  ) {
    guard let timers else {
      storeBackoff.fail(now)
      return lostClaims.failRecovery(of: attempt)
    }
    lostClaims.endRecovery()
    deliver(attempt.claimed(among: timers, by: configuration.node), &actions)
  }

  private mutating func deliver(_ claimed: [ClaimedTimer], _ actions: inout [SchedulerAction]) {
    guard !claimed.isEmpty else { return }
    capacity -= DeliveryCapacity(
      timers: claimed.count, payloadBytes: claimed.reduce(0) { $0 + $1.payloadBytes })
    actions.append(.deliver(claimed))
  }

  /// Applies the changes to the index, unless more timers can be claimed at once: the changes of several cycles are written together.
  private mutating func applyIndexChanges(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let canClaimMore =
      !(readAhead.isEmpty && foundByStore.isEmpty) && canClaim(now) && !isDraining
      && !storeBackoff.isWaiting(now)
    guard !canClaimMore, !indexChanges.isEmpty else { return }
    defer { indexChanges = IndexChanges() }
    guard !index.isDown else { return }
    claimCycle = .applyingIndexChanges
    index.startChange(removing: indexChanges.remove.count, at: now.monotonic)
    noteDue(at: indexChanges.move.map(\.dueAt).min())
    actions.append(.applyIndexChanges(remove: indexChanges.remove, move: indexChanges.move))
  }

  /// Remembers that something is due at `dueAt`.
  mutating func noteDue(at dueAt: Timestamp?) {
    guard let dueAt else { return }
    nextDueAt = nextDueAt.map { min($0, dueAt) } ?? dueAt
  }
}
