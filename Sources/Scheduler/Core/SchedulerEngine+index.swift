import DequeModule
import NodeRuntime
import TimerModel

// What goes into the index: news of due timers and refills.
extension SchedulerEngine {
  mutating func add(_ entries: [DueEntry], now: Moment, _ actions: inout [SchedulerAction]) {
    let isDown = index.isDown
    for entry in entries { rememberForeign(entry, now, isUnindexed: isDown) }
    guard !isDown else { return }
    var added: [DueEntry] = []
    for entry in entries
    where coverage.includes(entry, othersThrough: now.store + configuration.horizon) {
      guard index.admit(entry, now) else {
        coverage.exclude(entry)
        continue
      }
      added.append(entry)
    }
    // A read must not overtake the addition: what is due is noted once it is in the index.
    if !added.isEmpty { actions.append(.addToIndex(added)) }
  }

  mutating func startRefill(_ now: Moment, _ actions: inout [SchedulerAction]) {
    guard index.canBeFilled, !storeBackoff.isWaiting(now) else { return }
    let isFull = index.isFull
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
      index.endRefill(count: count)
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
}
