import DequeModule
import HeapModule
import StepRunner
import TimerModel

// One take: read the index, claim in the store, deliver, tidy the index.
extension SchedulerEngine {
  mutating func startTake(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard take == .idle, canClaim(now), !storeBackoff.isWaiting(now) else { return }
    if calledBack.hasTurn { return claimCalledBack(now, &actions) }
    calledBack.giveTurn()
    defer { if take == .idle, !calledBack.isEmpty { claimCalledBack(now, &actions) } }
    let through = now.store + configuration.claimAhead
    let begin = now.store + configuration.takeAhead
    if strays.min.map({ $0.entry.dueAt <= begin }) ?? false, takeStrays(through: through, now, &actions) {
      return
    }
    if !found.isEmpty { return claimFound(now, &actions) }
    if !readAhead.isEmpty {
      let entries = Array(readAhead)
      readAhead = []
      return claim(entries, now: now, &actions)
    }
    guard usesIndex, nextDueAt.map({ $0 <= begin }) ?? false || wantsToReadAnyway(now) else { return }
    take = .reading
    trust.began(now)
    lastReadAt = now.monotonicMicroseconds
    // What is added from now on may be due earlier than what the reply will say; `add` keeps the earlier one.
    self.nextDueAt = nil
    actions.append(.readIndex(shards: coverage.owned, through: through, limit: configuration.readBatch))
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

  /// Claims what the store said is due, and leaves the rest for the next take.
  private mutating func claimFound(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let batch = Array(found.prefix(min(capacity.timers, configuration.claimBatch)))
    found.removeFirst(batch.count)
    if !readAhead.isEmpty {
      let keys = Set(batch.map(\.key))
      readAhead.removeAll { keys.contains($0.key) }
    }
    claim(batch, now: now, &actions)
  }

  /// Keeps what other nodes would hear of too late, or would not hear of: what is due soon, and all that the index cannot take.
  mutating func keepStray(_ entry: DueEntry, _ now: Moment, isUntold: Bool = false) {
    guard let interval = configuration.indexReadInterval, !coverage.isOwned(entry.shard),
      isUntold || entry.dueAt <= now.store + interval * 2, strays.count < Self.strayLimit
    else { return }
    strays.insert(Stray(entry: entry))
  }

  /// Beyond this the owners find them, a little later.
  private static let strayLimit = 20_000

  mutating func indexWasRead(_ reply: DueReply?, now: Moment, _ actions: inout [SchedulerAction]) {
    let isAwaited = trust.readEnded()
    if isAwaited { take = .idle }
    guard let reply else { return indexFailed(now) }
    guard isAwaited else { return }
    noteDue(at: reply.nextDueAt)
    claim(reply.entries, now: now, &actions)
  }

  /// Asks the store for `entries`, as many as there is room for, and remembers the rest; a take that is in progress goes first.
  mutating func claim(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard take == .idle, !isDraining, canClaim(now), !entries.isEmpty else {
      return noteDue(at: entries.first?.dueAt)
    }
    take = .claiming
    claimedDueAt = entries.first?.dueAt
    let count = min(entries.count, capacity.timers, configuration.claimBatch)
    readAhead.prepend(contentsOf: entries[count...])
    let attempt = ClaimAttempt(
      entries: Array(entries[..<count]), payloadBudget: capacity.payloadBytes,
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
      if attempt.ahead != nil { calledBack.putBack(attempt.entries) }
      noteDue(at: attempt.entries.first?.dueAt)
      // The index need not hold what was claimed.
      nextSweepAt = now.monotonicMicroseconds
      return tidy(now, &actions)
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
            deadlineMonotonicMicroseconds: attempt.deadlineMonotonicMicroseconds,
            claimedAt: reply.time.wall))
        untidied.remove.append(entry)
      case .gone, .held: untidied.remove.append(entry)
      case .notYetDue(let dueAt):
        untidied.move.append(DueEntry(key: entry.key, shard: entry.shard, dueAt: dueAt))
      case .overBudget: left.append(entry)
      }
    }
    if attempt.ahead == nil { readAhead.prepend(contentsOf: left) } else { calledBack.putBack(left) }
    noticeStaleIndex(reply.verdicts, now)
    deliver(claimed, &actions)
    tidy(now, &actions)
    pollOn(now)
  }

  /// Asks the store as well if most of what the index tells of is gone: what is due may stand behind a crowd of such entries.
  private mutating func noticeStaleIndex(_ verdicts: [ClaimVerdict], _ now: Moment) {
    guard verdicts.count >= 100 else { return }
    let gone = verdicts.count { if case .gone = $0 { true } else { false } }
    guard gone > verdicts.count / 2, !trust.asksStore(now) else { return }
    trust.doubt(for: .seconds(1), now)
    nextSweepAt = now.monotonicMicroseconds
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

  /// Brings the index up to date, unless there is more to claim that was read already: what many claims leave behind is written at
  /// once.
  private mutating func tidy(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let goesOn =
      !(readAhead.isEmpty && found.isEmpty) && canClaim(now) && !isDraining && !storeBackoff.isWaiting(now)
    guard !goesOn, !untidied.isEmpty else { return }
    defer { untidied = Untidied() }
    guard trust.stage != .down else { return }
    take = .tidying
    trust.began(now)
    indexCount = max(0, indexCount - untidied.remove.count)
    noteDue(at: untidied.move.map(\.dueAt).min())
    actions.append(.tidyIndex(remove: untidied.remove, move: untidied.move))
  }

  /// Remembers that something is due at `dueAt`.
  mutating func noteDue(at dueAt: Timestamp?) {
    guard let dueAt else { return }
    nextDueAt = nextDueAt.map { min($0, dueAt) } ?? dueAt
  }
}
