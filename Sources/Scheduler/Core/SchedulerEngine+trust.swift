import DequeModule
import StepRunner
import TimerModel

// How the index is.
extension SchedulerEngine {
  /// Asks the index how it is: now and then, and at polling pace until it is back and rebuilt.
  mutating func startProbe(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isProbing, nextProbeAt <= now.monotonicMicroseconds else { return }
    isProbing = true
    let isInUse = trust.stage == .inUse
    nextProbeAt = now.monotonicMicroseconds(
      after: isInUse ? configuration.sweepInterval : configuration.pollInterval)
    actions.append(.probeIndex(shards: coverage.owned))
  }

  /// Once the index answers again it is rebuilt from the store.
  mutating func indexProbed(_ count: Int?, now: Moment) {
    isProbing = false
    guard let count else { return trust.stage == .down ? () : indexFailed(now) }
    // Other nodes add and remove as well; what was counted here drifts.
    indexCount = count
    trust.answered()
    endRebuild(now)
  }

  /// The index is read again once it holds what is due soon in every shard: read shard by shard as it is refilled, what is
  /// due in the last one would wait for all the others.
  mutating func endRebuild(_ now: Moment) {
    guard trust.stage == .rebuilding,
      coverage.least.map({ $0 >= now.store + configuration.indexFloor / 2 }) ?? true
    else {
      return
    }
    trust.rebuilt()
    trust.doubt(for: configuration.indexDoubt, now)
    nextDueAt = now.store
  }

  /// Stops relying on the index: what it holds is unknown from now on, and the store is asked at once.
  mutating func indexFailed(_ now: Moment) {
    if trust.stage != .down {
      nextSweepAt = now.monotonicMicroseconds
      nextProbeAt = now.monotonicMicroseconds
    }
    trust.fail()
    nextDueAt = nil
    readAhead = []
    coverage.reset()
  }

  /// Keeps what may not have arrived and what only this node knows of.
  mutating func additionFailed(_ now: Moment) {
    for entry in trust.takeForeign() { keepStray(entry, now, isUntold: true) }
    indexFailed(now)
  }

  mutating func noteAddition(of entries: [DueEntry], _ now: Moment) {
    let isShared = configuration.indexReadInterval != nil
    trust.additionBegan(foreign: isShared ? entries.filter { !coverage.isOwned($0.shard) } : [], now)
  }

  /// Asks the store at once in place of an index that owes an answer for too long, and reads it at once when it answers again.
  mutating func noticeSlowIndex(_ now: Moment) {
    let isOutstanding = take == .reading || take == .tidying
    if isOutstanding,
      trust.givesUp(reading: take == .reading, patience: configuration.indexPatience, now)
    {
      take = .idle
    }
    guard trust.look(patience: configuration.indexPatience, now) else { return }
    if trust.isSlow {
      nextSweepAt = now.monotonicMicroseconds
    } else if trust.stage == .inUse {
      trust.doubt(for: configuration.indexDoubt, now)
      nextDueAt = now.store
    }
  }
}
