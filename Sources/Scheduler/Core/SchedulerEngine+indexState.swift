import DequeModule
import NodeRuntime
import TimerModel

// The health of the index: probes, failures and rebuilds.
extension SchedulerEngine {
  /// Probes the index: at the sweep interval, and at the poll interval until it is back and rebuilt.
  mutating func startProbe(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isProbing, nextProbeAt <= now.monotonic else { return }
    isProbing = true
    let isInUse = indexState.stage == .inUse
    nextProbeAt = now.monotonic + (isInUse ? configuration.sweepInterval : configuration.pollInterval)
    actions.append(.probeIndex(shards: coverage.owned))
  }

  /// Once the index answers again it is rebuilt from the store.
  mutating func indexProbed(_ count: Int?, now: Moment) {
    isProbing = false
    guard let count else { return indexState.stage == .down ? () : indexFailed(now) }
    // Other nodes add and remove as well; what was counted here drifts.
    indexCount = count
    indexState.answered()
    endRebuild(now)
  }

  /// The index is read again once it holds what is due soon in every shard: read shard by shard as it is refilled, what is
  /// due in the last one would wait for all the others.
  mutating func endRebuild(_ now: Moment) {
    guard indexState.stage == .rebuilding,
      coverage.least.map({ $0 >= now.store + configuration.indexFloor / 2 }) ?? true
    else {
      return
    }
    indexState.rebuilt()
    indexState.alsoAskStore(for: configuration.indexVerification, now)
    nextDueAt = now.store
  }

  /// Stops relying on the index: what it holds is unknown from now on, and the store is asked at once.
  mutating func indexFailed(_ now: Moment) {
    if indexState.stage != .down {
      sweep.schedule(at: now.monotonic)
      nextProbeAt = now.monotonic
    }
    indexState.fail()
    nextDueAt = nil
    readAhead = []
    coverage.reset()
  }

  /// Remembers entries that may not have reached the index and that only this node knows of.
  mutating func additionFailed(_ now: Moment) {
    for entry in indexState.takeForeignEntries() { rememberForeign(entry, now, isUnindexed: true) }
    indexFailed(now)
  }

  mutating func recordAddition(of entries: [DueEntry], _ now: Moment) {
    let isShared = configuration.indexReadInterval != nil
    indexState.additionBegan(foreign: isShared ? entries.filter { !coverage.isOwned($0.shard) } : [], now)
  }

  /// Asks the store at once in place of an index that owes an answer for too long, and reads it at once when it answers again.
  mutating func detectSlowIndex(_ now: Moment) {
    let isOutstanding = claimCycle == .reading || claimCycle == .applyingIndexChanges
    if isOutstanding,
      indexState.giveUpIfOverdue(reading: claimCycle == .reading, timeout: configuration.indexTimeout, now)
    {
      claimCycle = .idle
    }
    guard indexState.updateSlowness(timeout: configuration.indexTimeout, now) else { return }
    if indexState.isSlow {
      sweep.schedule(at: now.monotonic)
    } else if indexState.stage == .inUse {
      indexState.alsoAskStore(for: configuration.indexVerification, now)
      nextDueAt = now.store
    }
  }
}
