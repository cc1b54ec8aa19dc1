import DequeModule
import StepRunner
import TimerModel

// The health of the index: probes, failures and rebuilds.
extension SchedulerEngine {
  mutating func startProbe(_ now: Moment, _ actions: inout [SchedulerAction]) {
    if index.startProbe(at: now.monotonic) { actions.append(.probeIndex(shards: coverage.owned)) }
  }

  mutating func indexProbed(_ count: Int?, now: Moment) {
    index.endProbe(count: count)
    if count != nil { endRebuild(now) } else if !index.isDown { indexFailed(now) }
  }

  /// The index is read again once it is rebuilt.
  mutating func endRebuild(_ now: Moment) {
    if index.endRebuild(coverage, now) { nextDueAt = now.store }
  }

  /// Stops relying on the index: what it holds is unknown from now on, and the store is asked at once.
  mutating func indexFailed(_ now: Moment) {
    if index.fail(at: now.monotonic) { sweep.schedule(at: now.monotonic) }
    nextDueAt = nil
    readAhead = []
    coverage.reset()
  }

  /// Remembers entries that may not have reached the index and that only this node knows of.
  mutating func additionFailed(_ now: Moment) {
    for entry in index.takeForeignEntries() { rememberForeign(entry, now, isUnindexed: true) }
    indexFailed(now)
  }

  mutating func recordAddition(of entries: [DueEntry], _ now: Moment) {
    let isShared = configuration.indexReadInterval != nil
    index.startAddition(
      foreign: isShared ? entries.filter { !coverage.isOwned($0.shard) } : [], at: now.monotonic)
  }

  /// Asks the store at once in place of an index that owes an answer for too long, and reads it at once when it answers again.
  mutating func detectSlowIndex(_ now: Moment) {
    let operation: IndexHealth.Operation? =
      switch claimCycle {
      case .reading: .read
      case .applyingIndexChanges: .change
      case .idle, .claiming: nil
      }
    if let operation, index.giveUpIfOverdue(operation, at: now.monotonic) { claimCycle = .idle }
    switch index.updateSlowness(at: now.monotonic) {
    case .becameSlow: sweep.schedule(at: now.monotonic)
    case .recovered: nextDueAt = now.store
    case nil: break
    }
  }
}
