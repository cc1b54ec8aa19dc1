import StepRunner
import TimerModel

// One take: read the index, claim in the store, deliver, tidy the index.
extension SchedulerEngine {
  mutating func startTake(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let through = now.store + configuration.claimAhead
    guard take == .idle, canClaim, usesIndex, !storeBackoff.isWaiting(now), let nextDueAt,
      nextDueAt <= through
    else { return }
    take = .reading
    let limit = min(capacity.timers, configuration.claimBatch)
    // What is added from now on may be due earlier than what the reply will say; `add` keeps the earlier one.
    self.nextDueAt = nil
    actions.append(.readIndex(shards: coverage.owned, through: through, limit: limit))
  }

  mutating func indexWasRead(_ reply: DueReply?, now: Moment, _ actions: inout [SchedulerAction]) {
    take = .idle
    guard let reply else { return indexFailed(now) }
    noteDue(at: reply.nextDueAt)
    claim(reply.entries, now: now, &actions)
  }

  /// Asks the store for `entries`; a take that is under way goes first.
  mutating func claim(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard take == .idle, !isDraining, canClaim, !entries.isEmpty else {
      return noteDue(at: entries.first?.dueAt)
    }
    take = .claiming
    let attempt = ClaimAttempt(
      entries: Array(entries.prefix(capacity.timers)), payloadBudget: capacity.payloadBytes,
      deadlineMonotonicMicroseconds: now.monotonicMicroseconds(after: configuration.claimLease))
    actions.append(.claim(attempt))
  }

  mutating func claimWasAnswered(
    _ attempt: ClaimAttempt, _ reply: ClaimReply?, now: Moment, _ actions: inout [SchedulerAction]
  ) {
    take = .idle
    guard let reply else {
      storeBackoff.fail(now)
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
            deadlineMonotonicMicroseconds: attempt.deadlineMonotonicMicroseconds))
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
