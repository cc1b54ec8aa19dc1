import DequeModule
import TimerModel

/// Decides whether due timers are found through the index, or whether the store is asked instead or as well.
///
/// An index that failed or forgot is down until it answers again, and then rebuilt from the store. One that owes an answer for longer
/// than `timeout` is slow: the store is asked at once, and the answer is still waited for. After either the store is asked as well for
/// a while: other nodes may have noticed later, and what they wrote meanwhile may be missing.
struct IndexState: Sendable {
  enum Stage: Sendable { case inUse, down, rebuilding }

  /// Entries on their way to the index.
  private struct Addition: Sendable {
    let startedAt: MonotonicInstant
    /// Those in shards of other nodes: if they do not arrive, only this node knows of them.
    var foreign: [DueEntry]
  }

  private(set) var stage = Stage.inUse
  private(set) var isSlow = false
  /// The number of times the index was filled again after a failure.
  private(set) var rebuilds = 0
  private var additions = Deque<Addition>()
  /// Reads and changes that were given up: their answers must not be taken for those of later ones.
  private var givenUp = (reads: 0, changes: 0)
  private var operationStartedAt = MonotonicInstant.distantFuture
  private var asksStoreUntil = MonotonicInstant.distantPast

  /// True if timers are found through the index.
  var isUsable: Bool { stage == .inUse && !isSlow }

  var hasAdditions: Bool { !additions.isEmpty }

  /// Returns true if the store is to be asked for what is due.
  func asksStore(_ now: Moment) -> Bool { !isUsable || now.monotonic < asksStoreUntil }

  mutating func alsoAskStore(for duration: Duration, _ now: Moment) {
    asksStoreUntil = max(asksStoreUntil, now.monotonic + duration)
  }

  mutating func fail() { stage = .down }

  mutating func answered() { if stage == .down { stage = .rebuilding } }

  mutating func rebuilt() {
    stage = .inUse
    rebuilds += 1
  }

  // MARK: Outstanding operations

  mutating func began(_ now: Moment) { operationStartedAt = now.monotonic }

  /// Returns false for the answer to a read that was given up.
  mutating func readEnded() -> Bool {
    guard givenUp.reads == 0 else {
      givenUp.reads -= 1
      return false
    }
    operationStartedAt = .distantFuture
    return true
  }

  /// Returns false for the answer to a change that was given up.
  mutating func changeEnded() -> Bool {
    guard givenUp.changes == 0 else {
      givenUp.changes -= 1
      return false
    }
    operationStartedAt = .distantFuture
    return true
  }

  mutating func additionBegan(foreign: [DueEntry], _ now: Moment) {
    additions.append(Addition(startedAt: now.monotonic, foreign: foreign))
  }

  mutating func additionEnded() { _ = additions.popFirst() }

  /// Returns the entries of other nodes' shards that may not have arrived; each is returned once.
  ///
  /// Answers need not come in the order of the additions: after a failure all that are on their way are in doubt.
  mutating func takeForeignEntries() -> [DueEntry] {
    var foreign: [DueEntry] = []
    for place in additions.indices {
      foreign += additions[place].foreign
      additions[place].foreign = []
    }
    return foreign
  }

  /// Returns true if the one read or change that is outstanding has taken longer than `timeout`: it is given up.
  mutating func giveUpIfOverdue(reading: Bool, timeout: Duration, _ now: Moment) -> Bool {
    guard isOverdue(operationStartedAt, timeout, now) else { return false }
    if reading { givenUp.reads += 1 } else { givenUp.changes += 1 }
    operationStartedAt = .distantFuture
    return true
  }

  /// Looks how long answers have been owed; returns true if that changed what can be relied on.
  mutating func updateSlowness(timeout: Duration, _ now: Moment) -> Bool {
    let wasSlow = isSlow
    isSlow =
      givenUp.reads + givenUp.changes > 0
      || additions.first.map { isOverdue($0.startedAt, timeout, now) } ?? false
    return isSlow != wasSlow
  }

  /// Returns when the first answer that is owed is overdue.
  func overdueAt(timeout: Duration) -> MonotonicInstant {
    guard !isSlow else { return .distantFuture }
    let earliest = min(operationStartedAt, additions.first?.startedAt ?? .distantFuture)
    return earliest == .distantFuture ? .distantFuture : earliest + timeout
  }

  private func isOverdue(_ startedAt: MonotonicInstant, _ timeout: Duration, _ now: Moment) -> Bool {
    startedAt != .distantFuture && now.monotonic.microseconds(since: startedAt) >= timeout.microseconds
  }
}
