import StepRunner
import TimerModel

// What goes into the index: news of due timers, refills, and what the sweep found missing.
extension SchedulerEngine {
  mutating func add(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isIndexDown else { return }
    var added: [DueEntry] = []
    for entry in entries
    where coverage.includes(entry, othersThrough: now.store + configuration.horizon) {
      guard hasRoom(for: entry, now) else {
        coverage.exclude(entry)
        continue
      }
      indexCount += 1
      added.append(entry)
    }
    // A read must not overtake the addition: what is due is noted once it is in the index.
    if !added.isEmpty { actions.append(.addToIndex(added)) }
  }

  private func hasRoom(for entry: DueEntry, _ now: Moment) -> Bool {
    indexCount < configuration.indexLimit || entry.dueAt <= now.store + configuration.indexFloor
  }

  mutating func startRefill(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isIndexDown, !storeBackoff.isWaiting(now) else { return }
    let isFull = indexCount >= configuration.indexLimit
    let wanted = isFull ? configuration.indexFloor : configuration.horizon / 2
    let target = isFull ? configuration.indexFloor : configuration.horizon
    let refill = coverage.beginRefill(
      wanted: now.store + wanted, through: now.store + target, limit: configuration.refillPage)
    if let refill { actions.append(.refill(refill, shards: coverage.owned)) }
  }

  mutating func refillEnded(_ refill: Refill, _ result: RefillResult, now: Moment) {
    switch result {
    case .added(let page, let count):
      coverage.end(refill, page: page)
      indexCount = count
      noteDue(at: page.first?.dueAt)
      storeBackoff.succeed()
    case .storeFailed:
      coverage.abandonRefill()
      storeBackoff.fail(now)
    case .indexFailed:
      coverage.abandonRefill()
      indexFailed(now)
    }
  }

  mutating func startSweep(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isSweeping, nextSweepAt <= now.monotonicMicroseconds, !storeBackoff.isWaiting(now) else { return }
    if isIndexDown {
      poll(now, &actions)
    } else {
      nextSweepAt = now.monotonicMicroseconds(after: configuration.sweepInterval)
      probe(&actions)
      sweep(before: now.store - configuration.sweepGrace, limit: configuration.refillPage, &actions)
    }
  }

  /// While the index is down the store is asked for what is due, and the index whether it is back.
  private mutating func poll(_ now: Moment, _ actions: inout [SchedulerAction]) {
    nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
    probe(&actions)
    guard take == .idle, canClaim else { return }
    let limit = min(capacity.timers, configuration.claimBatch)
    sweep(before: now.store + configuration.claimAhead, limit: limit, &actions)
  }

  private mutating func probe(_ actions: inout [SchedulerAction]) {
    guard !isProbing else { return }
    isProbing = true
    actions.append(.probeIndex(shards: coverage.owned))
  }

  private mutating func sweep(before: Timestamp, limit: Int, _ actions: inout [SchedulerAction]) {
    isSweeping = true
    actions.append(.sweep(shards: coverage.owned, before: before, limit: limit))
  }

  mutating func sweepEnded(_ entries: [DueEntry]?, now: Moment, _ actions: inout [SchedulerAction]) {
    isSweeping = false
    guard let entries else { return storeBackoff.fail(now) }
    storeBackoff.succeed()
    if isIndexDown {
      claim(entries, now: now, &actions)
    } else if !entries.isEmpty {
      actions.append(.addToIndex(entries))
    }
  }

  /// Once the index answers again it is rebuilt from the store.
  mutating func indexProbed(_ count: Int?, now: Moment) {
    isProbing = false
    guard let count else { return isIndexDown ? () : indexFailed(now) }
    // Other nodes add and remove as well; what was counted here drifts.
    indexCount = count
    guard isIndexDown else { return }
    isIndexDown = false
    nextDueAt = now.store
  }

  mutating func indexFailed(_ now: Moment) {
    isIndexDown = true
    nextDueAt = nil
    coverage.reset()
    nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
  }
}
