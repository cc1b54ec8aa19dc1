import NodeRuntime
import TimerModel

// The store as the source of due timers: for what the index has missed, and for all while it cannot be relied on.
extension SchedulerEngine {
  /// Returns true if a sweep would bring anything now. A poll brings what can be claimed at once.
  func maySweep(_ now: Moment) -> Bool {
    !index.asksStore(at: now.monotonic) || (foundByStore.isEmpty && canClaim(now))
  }

  mutating func startSweep(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard sweep.dueAt <= now.monotonic, maySweep(now), !storeBackoff.isWaiting(now) else { return }
    let limit = min(capacity.timers, configuration.claimBatch)
    let query =
      index.asksStore(at: now.monotonic)
      ? sweep.startPoll(limit: limit, isIndexUsable: usesIndex, now) : sweep.startSearch(now)
    actions.append(.sweep(shards: coverage.owned, before: query.before, limit: query.limit))
  }

  /// Polls the store again at once if the last poll returned as many timers as it was asked for.
  mutating func pollAgainIfBacklogged(_ now: Moment) {
    guard claimCycle == .idle, foundByStore.isEmpty, index.asksStore(at: now.monotonic) else { return }
    sweep.pollAgainIfBacklogged(at: now.monotonic)
  }

  /// Claims at once the timers that the store found: an index that missed them may never list them. If timers
  /// wait for capacity, the index may have listed them already.
  mutating func sweepEnded(_ entries: [DueEntry]?, now: Moment, _ actions: inout [SchedulerAction]) {
    guard let entries else {
      sweep.fail()
      return storeBackoff.fail(now)
    }
    storeBackoff.succeed()
    let asksStore = index.asksStore(at: now.monotonic)
    sweep.end(found: entries.count, isPolling: asksStore)
    if asksStore || (readAhead.isEmpty && canClaim(now)) {
      foundByStore = entries
    } else if !entries.isEmpty {
      actions.append(.addToIndex(entries))
    }
  }
}
