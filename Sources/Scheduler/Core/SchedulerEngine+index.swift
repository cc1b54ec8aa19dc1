import StepRunner
import TimerModel

// What goes into the index: news of due timers, refills, and what the sweep found missing.
extension SchedulerEngine {
  mutating func add(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isIndexDown else { return }
    var added: [DueEntry] = []
    for entry in entries
    where coverage.includes(entry, othersThrough: now.store + configuration.horizon) {
      if hasRoom(for: entry, now) { added.append(entry) } else { coverage.exclude(entry) }
    }
    guard !added.isEmpty else { return }
    indexCount += added.count
    noteDue(at: added.map(\.dueAt).min())
    actions.append(.addToIndex(added))
  }

  /// What is due at once is taken at once, and needs no room for long.
  private func hasRoom(for entry: DueEntry, _ now: Moment) -> Bool {
    indexCount < configuration.indexLimit || entry.dueAt <= now.store + configuration.claimAhead
  }

  mutating func startRefill(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard !isIndexDown, !storeBackoff.isWaiting(now), indexCount < configuration.indexLimit else { return }
    let refill = coverage.beginRefill(
      wanted: now.store + configuration.horizon / 2, through: now.store + configuration.horizon,
      limit: configuration.refillPage)
    if let refill { actions.append(.refill(refill)) }
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
      if !isProbing { actions.append(.probeIndex(shards: coverage.owned)) }
      isProbing = true
      guard take == .idle, canClaim else { return }
      sweep(before: now.store + configuration.claimAhead, now: now, &actions)
    } else {
      sweep(before: now.store - configuration.sweepGrace, now: now, &actions)
    }
  }

  private mutating func sweep(before: Timestamp, now: Moment, _ actions: inout [SchedulerAction]) {
    isSweeping = true
    let pause = isIndexDown ? configuration.pollInterval : configuration.sweepInterval
    nextSweepAt = now.monotonicMicroseconds(after: pause)
    let limit = isIndexDown ? min(capacity.timers, configuration.claimBatch) : configuration.refillPage
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
      noteDue(at: entries.map(\.dueAt).min())
    }
  }

  /// Once the index answers again it is rebuilt from the store.
  mutating func indexProbed(_ answered: Bool, now: Moment) {
    isProbing = false
    guard answered, isIndexDown else { return }
    isIndexDown = false
    indexCount = 0
    nextDueAt = now.store
  }

  mutating func indexFailed(_ now: Moment) {
    isIndexDown = true
    nextDueAt = nil
    coverage.reset()
    nextSweepAt = now.monotonicMicroseconds(after: configuration.pollInterval)
  }
}
