import StepRunner
import TimerModel

// The store as the source of due timers: for what the index has missed, and for all while it cannot be relied on.
extension SchedulerEngine {
  /// Returns true if a sweep would bring anything now. A poll brings what can be claimed at once.
  func maySweep(_ now: Moment) -> Bool {
    !isSweeping && (!trust.asksStore(now) || (found.isEmpty && canClaim(now)))
  }

  mutating func startSweep(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard maySweep(now), nextSweepAt <= now.monotonicMicroseconds, !storeBackoff.isWaiting(now) else {
      return
    }
    if trust.asksStore(now) {
      nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
      // An index that is in use tells of most in time.
      let before = usesIndex ? now.store - configuration.claimAhead : now.store + configuration.claimAhead
      sweep(before: before, limit: min(capacity.timers, configuration.claimBatch), &actions)
    } else {
      nextSweepAt = now.monotonicMicroseconds(after: configuration.sweepInterval)
      sweep(before: now.store - configuration.sweepGrace, limit: configuration.refillPage, &actions)
    }
  }

  /// Asks the store again at once, after a take, if it had more than was taken.
  mutating func pollOn(_ now: Moment) {
    guard take == .idle, found.isEmpty, trust.asksStore(now), polled.isBacklog else { return }
    polled.isBacklog = false
    nextSweepAt = now.monotonicMicroseconds
  }

  private mutating func sweep(before: Timestamp, limit: Int, _ actions: inout [SchedulerAction]) {
    isSweeping = true
    polled.limit = limit
    actions.append(.sweep(shards: coverage.owned, before: before, limit: limit))
  }

  /// Claims at once the timers that the store found: an index that missed them may never list them. If timers
  /// wait for capacity, the index may have listed them already.
  mutating func sweepEnded(_ entries: [DueEntry]?, now: Moment, _ actions: inout [SchedulerAction]) {
    isSweeping = false
    guard let entries else { return storeBackoff.fail(now) }
    storeBackoff.succeed()
    let asksStore = trust.asksStore(now)
    polled.isBacklog = asksStore && entries.count >= polled.limit
    if asksStore || (readAhead.isEmpty && canClaim(now)) {
      found = entries
    } else if !entries.isEmpty {
      actions.append(.addToIndex(entries))
    }
  }
}
