import DequeModule
import HeapModule
import StepRunner
import TimerModel

// One take: read the index, claim in the store, deliver, tidy the index.
extension SchedulerEngine {
  mutating func startTake(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let through = now.store + configuration.claimAhead
    guard take == .idle, canClaim(now), !storeBackoff.isWaiting(now) else { return }
    let begin = now.store + configuration.takeAhead
    if strays.min.map({ $0.entry.dueAt <= begin }) ?? false, takeStrays(through: through, now, &actions) {
      return
    }
    guard usesIndex, nextDueAt.map({ $0 <= begin }) ?? false || wantsToReadAnyway(now) else { return }
    take = .reading
    lastReadAt = now.monotonicMicroseconds
    let limit = min(capacity.timers, configuration.claimBatch)
    // What is added from now on may be due earlier than what the reply will say; `add` keeps the earlier one.
    self.nextDueAt = nil
    actions.append(.readIndex(shards: coverage.owned, through: through, limit: limit))
  }

  private func wantsToReadAnyway(_ now: Moment) -> Bool {
    guard let interval = configuration.indexReadInterval else { return false }
    return lastReadAt == .min || now.monotonicMicroseconds - lastReadAt >= interval.microseconds
  }

  /// Claims strays whose moment has come.
  private mutating func takeStrays(
    through: Timestamp, _ now: Moment, _ actions: inout [SchedulerAction]
  ) -> Bool {
    var entries: [DueEntry] = []
    while let next = strays.min, next.entry.dueAt <= through, entries.count < configuration.claimBatch {
      strays.removeMin()
      entries.append(next.entry)
    }
    claim(entries, now: now, &actions)
    return !entries.isEmpty
  }

  /// Keeps what other nodes would hear of too late.
  mutating func keepStray(_ entry: DueEntry, _ now: Moment) {
    guard let interval = configuration.indexReadInterval, !coverage.isOwned(entry.shard),
      entry.dueAt <= now.store + interval * 2, strays.count < Self.strayLimit
    else { return }
    strays.insert(Stray(entry: entry))
  }

  /// Beyond this the owners find them, a little later.
  private static let strayLimit = 10_000

  mutating func indexWasRead(_ reply: DueReply?, now: Moment, _ actions: inout [SchedulerAction]) {
    take = .idle
    guard let reply else { return indexFailed(now) }
    noteDue(at: reply.nextDueAt)
    claim(reply.entries, now: now, &actions)
  }

  /// Asks the store for `entries`; a take that is under way goes first.
  mutating func claim(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard take == .idle, !isDraining, canClaim(now), !entries.isEmpty else {
      return noteDue(at: entries.first?.dueAt)
    }
    take = .claiming
    claimedDueAt = entries.first?.dueAt
    let attempt = ClaimAttempt(
      entries: Array(entries.prefix(capacity.timers)), payloadBudget: capacity.payloadBytes,
      deadlineMonotonicMicroseconds: now.monotonicMicroseconds
        + configuration.claimLease.certainLeaseMicroseconds)
    actions.append(.claim(attempt))
  }

  mutating func claimWasAnswered(
    _ attempt: ClaimAttempt, _ reply: ClaimReply?, now: Moment, _ actions: inout [SchedulerAction]
  ) {
    take = .idle
    claimedDueAt = nil
    guard let reply else {
      storeBackoff.fail(now)
      lostClaims.append(attempt)
      return noteDue(at: attempt.entries.first?.dueAt)
    }
    storeBackoff.succeed()
    var claimed: [ClaimedTimer] = []
    var settledEntries: [DueEntry] = []
    var moved: [DueEntry] = []
    for (entry, verdict) in zip(attempt.entries, reply.verdicts) {
      switch verdict {
      case .claimed(let timer):
        claimed.append(
          ClaimedTimer(
            timer: timer, shard: entry.shard,
            deadlineMonotonicMicroseconds: attempt.deadlineMonotonicMicroseconds,
            claimedAt: reply.time.wall))
        settledEntries.append(entry)
      case .gone, .held: settledEntries.append(entry)
      case .notYetDue(let dueAt): moved.append(DueEntry(key: entry.key, shard: entry.shard, dueAt: dueAt))
      case .overBudget: noteDue(at: entry.dueAt)
      }
    }
    deliver(claimed, &actions)
    tidy(remove: settledEntries, move: moved, &actions)
    pollOn(now)
  }

  /// Asks for what a lost answer would have said. Delivery knows what it holds already.
  mutating func startRecovery(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isRecovering, !storeBackoff.isWaiting(now), let attempt = lostClaims.popFirst() else { return }
    guard attempt.deadlineMonotonicMicroseconds > now.monotonicMicroseconds else { return }
    isRecovering = true
    actions.append(.recoverClaim(attempt))
  }

  mutating func claimRecovered(
    _ attempt: ClaimAttempt, _ timers: [Timer]?, now: Moment, _ actions: inout [SchedulerAction]
  ) {
    isRecovering = false
    guard let timers else {
      storeBackoff.fail(now)
      return lostClaims.append(attempt)
    }
    let shards = Dictionary(attempt.entries.map { ($0.key, $0.shard) }, uniquingKeysWith: { $1 })
    deliver(
      timers.filter { $0.claim?.node == configuration.node }.map { timer in
        ClaimedTimer(
          timer: timer, shard: shards[timer.key] ?? 0,
          deadlineMonotonicMicroseconds: attempt.deadlineMonotonicMicroseconds)
      }, &actions)
  }

  private mutating func deliver(_ claimed: [ClaimedTimer], _ actions: inout [SchedulerAction]) {
    guard !claimed.isEmpty else { return }
    capacity -= DeliveryCapacity(
      timers: claimed.count, payloadBytes: claimed.reduce(0) { $0 + $1.payloadBytes })
    actions.append(.deliver(claimed))
  }

  private mutating func tidy(
    remove: [DueEntry], move: [DueEntry], _ actions: inout [SchedulerAction]
  ) {
    guard !isIndexDown, !(remove.isEmpty && move.isEmpty) else { return }
    take = .tidying
    indexCount = max(0, indexCount - remove.count)
    noteDue(at: move.map(\.dueAt).min())
    actions.append(.tidyIndex(remove: remove, move: move))
  }

  /// Remembers that something is due at `dueAt`.
  mutating func noteDue(at dueAt: Timestamp?) {
    guard let dueAt else { return }
    nextDueAt = nextDueAt.map { min($0, dueAt) } ?? dueAt
  }
}
