import DequeModule
import StepRunner
import TimerModel

// What goes into the index: news of due timers, refills, and what the sweep found missing.
extension SchedulerEngine {
  mutating func add(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    for entry in entries { keepStray(entry, now) }
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
      endRebuild(now)
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
    if !usesIndex {
      poll(now, &actions)
    } else {
      nextSweepAt = now.monotonicMicroseconds(after: configuration.sweepInterval)
      probe(&actions)
      sweep(before: now.store - configuration.sweepGrace, limit: configuration.refillPage, &actions)
    }
  }

  /// Until the index is back and rebuilt the store is asked for what is due, and the index how it is.
  private mutating func poll(_ now: Moment, _ actions: inout [SchedulerAction]) {
    nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
    probe(&actions)
    guard take == .idle, canClaim(now) else { return }
    let limit = min(capacity.timers, configuration.claimBatch)
    polled.limit = limit
    sweep(before: now.store + configuration.claimAhead, limit: limit, &actions)
  }

  /// Asks the store again at once, after a take, if it had more than was taken.
  mutating func pollOn(_ now: Moment) {
    guard take == .idle, !usesIndex, polled.isBacklog else { return }
    polled.isBacklog = false
    nextSweepAt = now.monotonicMicroseconds
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
    if !usesIndex {
      polled.isBacklog = entries.count >= polled.limit
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
    isRebuilding = true
    endRebuild(now)
  }

  /// The index is read again once it holds what is due soon in every shard: read shard by shard as it is refilled, what is
  /// due in the last one would wait for all the others.
  private mutating func endRebuild(_ now: Moment) {
    guard isRebuilding, coverage.least.map({ $0 >= now.store + configuration.indexFloor / 2 }) ?? true else {
      return
    }
    isRebuilding = false
    nextDueAt = now.store
  }

  mutating func indexFailed(_ now: Moment) {
    isIndexDown = true
    isRebuilding = false
    nextDueAt = nil
    readAhead = []
    coverage.reset()
    nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
  }
}
