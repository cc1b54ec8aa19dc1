import NodeRuntime
import TimerModel

// The store as the source of due timers: for what the index has missed, and for all while it cannot be relied on.
extension SchedulerEngine {
  /// Returns true if a sweep would bring anything now. A poll brings what can be claimed at once.
  func maySweep(_ now: Moment) -> Bool {
    !isSweeping && (!indexState.asksStore(now) || (foundByStore.isEmpty && canClaim(now)))
  }

  mutating func startSweep(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard maySweep(now), nextSweepAt <= now.monotonic, !storeBackoff.isWaiting(now) else {
      return
    }
    if indexState.asksStore(now) {
      nextSweepAt = now.monotonic + configuration.pollInterval
      // An index that is in use tells of most in time.
      let before = usesIndex ? now.store - configuration.claimAhead : now.store + configuration.claimAhead
      sweep(before: before, limit: min(capacity.timers, configuration.claimBatch), &actions)
    } else {
      nextSweepAt = now.monotonic + configuration.sweepInterval
      sweep(before: now.store - configuration.sweepGrace, limit: configuration.refillPage, &actions)
    }
  }

  /// Polls the store again at once if the last poll returned as many timers as it was asked for.
  mutating func pollAgainIfBacklogged(_ now: Moment) {
    guard claimCycle == .idle, foundByStore.isEmpty, indexState.asksStore(now), fallbackPoll.isBacklog else {
      return
    }
    fallbackPoll.isBacklog = false
    nextSweepAt = now.monotonic
  }

  private mutating func sweep(before: Timestamp, limit: Int, _ actions: inout [SchedulerAction]) {
    isSweeping = true
    fallbackPoll.limit = limit
    actions.append(.sweep(shards: coverage.owned, before: before, limit: limit))
  }

  /// Claims at once the timers that the store found: an index that missed them may never list them. If timers
  /// wait for capacity, the index may have listed them already.
  mutating func sweepEnded(_ entries: [DueEntry]?, now: Moment, _ actions: inout [SchedulerAction]) {
    isSweeping = false
    guard let entries else { return storeBackoff.fail(now) }
    storeBackoff.succeed()
    let asksStore = indexState.asksStore(now)
    fallbackPoll.isBacklog = asksStore && entries.count >= fallbackPoll.limit
    if asksStore || (readAhead.isEmpty && canClaim(now)) {
      foundByStore = entries
    } else if !entries.isEmpty {
      actions.append(.addToIndex(entries))
    }
  }
}
