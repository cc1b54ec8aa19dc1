import DequeModule
import TimerModel

/// Decides whether due timers are found through the index, or whether the store is asked instead or as well.
///
/// An index that failed or forgot is down until it answers a probe, and then rebuilt from the store. One that owes an answer for longer
/// than the timeout is slow: the store is asked at once, and the answer is still waited for. After either, the store is asked as well for
/// a while: other nodes may have noticed later, and what they wrote meanwhile may be missing.
struct IndexHealth: Sendable {
  /// An operation of the claim cycle; one is outstanding at a time.
  enum Operation: Sendable { case read, change }

  /// A change of what can be relied on.
  enum Transition: Sendable { case becameSlow, recovered }

  private enum Stage: Sendable { case inUse, down, rebuilding }

  /// Entries on their way to the index.
  private struct Addition: Sendable {
    let startedAt: MonotonicInstant
    /// Those in shards of other nodes: if they do not arrive, only this node knows of them.
    var foreign: [DueEntry]
  }

  private let configuration: SchedulerConfiguration
  private var stage = Stage.inUse
  private var isSlow = false
  private var isProbing = false
  private var nextProbeAt = MonotonicInstant.distantPast
  /// The end of the time in which the store is asked although the index is usable.
  private var asksStoreUntil = MonotonicInstant.distantPast
  /// The start of the outstanding operation; `distantFuture` if there is none.
  private var operationStartedAt = MonotonicInstant.distantFuture
  /// Operations that were given up: their answers must not be taken for those of later ones.
  private var givenUp = (reads: 0, changes: 0)
  private var additions = Deque<Addition>()

  /// The number of times the index was filled again after a failure.
  private(set) var rebuilds = 0
  /// The approximate number of entries in the index: other nodes add and remove as well.
  private(set) var count = 0

  init(configuration: SchedulerConfiguration) { self.configuration = configuration }

  /// True if timers are found through the index.
  var isUsable: Bool { stage == .inUse && !isSlow }

  /// True if nothing is read from the index nor written to it.
  var isDown: Bool { stage == .down }

  /// True if the index can take pages of the store.
  var canBeFilled: Bool { stage != .down && !isSlow }

  /// True if the index has no room but for timers that are due soon.
  var isFull: Bool { count >= configuration.indexLimit }

  /// True if additions have not been answered.
  var hasAdditions: Bool { !additions.isEmpty }

  /// The time of the next probe; `distantFuture` while one is in progress.
  var probeAt: MonotonicInstant { isProbing ? .distantFuture : nextProbeAt }

  /// Returns true if the store is to be asked for what is due.
  func asksStore(at now: MonotonicInstant) -> Bool { !isUsable || now < asksStoreUntil }

  // MARK: Failure and rebuild

  /// Takes the index down; it is probed at once. Returns false if it was down already.
  mutating func fail(at now: MonotonicInstant) -> Bool {
    guard stage != .down else { return false }
    stage = .down
    nextProbeAt = now
    return true
  }

  /// Starts a probe, at the sweep interval, and at the poll interval until the index is rebuilt; returns false if none is due.
  mutating func startProbe(at now: MonotonicInstant) -> Bool {
    guard !isProbing, nextProbeAt <= now else { return false }
    isProbing = true
    nextProbeAt = now + (stage == .inUse ? configuration.sweepInterval : configuration.pollInterval)
    return true
  }

  /// Ends the probe in progress. An index that was down and has told its `count` is rebuilt from now on.
  mutating func endProbe(count: Int?) {
    isProbing = false
    guard let count else { return }
    self.count = count
    if stage == .down { stage = .rebuilding }
  }

  /// Ends a rebuild once the index holds what is due soon in every shard, and returns true then. Shards are refilled one after the other:
  /// before that, what is due in the last one would wait for all the others.
  mutating func endRebuild(_ coverage: IndexCoverage, _ now: Moment) -> Bool {
    guard stage == .rebuilding,
      coverage.least.map({ $0 >= now.store + configuration.indexFloor / 2 }) ?? true
    else { return false }
    stage = .inUse
    rebuilds += 1
    askStore(for: configuration.indexVerification, now.monotonic)
    return true
  }

  /// Has the store asked as well if most of the entries that were read are gone: due timers may be queued behind such entries. Returns
  /// true if that begins now.
  mutating func detectStaleEntries(_ verdicts: [ClaimVerdict], at now: MonotonicInstant) -> Bool {
    guard verdicts.count >= 100 else { return false }
    let gone = verdicts.count { if case .gone = $0 { true } else { false } }
    guard gone > verdicts.count / 2, !asksStore(at: now) else { return false }
    askStore(for: .seconds(1), now)
    return true
  }

  private mutating func askStore(for duration: Duration, _ now: MonotonicInstant) {
    asksStoreUntil = max(asksStoreUntil, now + duration)
  }

  // MARK: Room

  /// Counts an entry if there is room for it; returns false if there is none.
  mutating func admit(_ entry: DueEntry, _ now: Moment) -> Bool {
    guard !isFull || entry.dueAt <= now.store + configuration.indexFloor else { return false }
    count += 1
    return true
  }

  /// Takes the number of entries that the index held after a refill.
  mutating func endRefill(count: Int) { self.count = count }

  // MARK: Outstanding answers

  /// Starts to wait for the answer to a read.
  mutating func startRead(at now: MonotonicInstant) { operationStartedAt = now }

  /// Starts to wait for the answer to a change that removes `removed` entries.
  mutating func startChange(removing removed: Int, at now: MonotonicInstant) {
    operationStartedAt = now
    count = max(0, count - removed)
  }

  /// Ends a read or change; returns false if it was given up before.
  mutating func end(_ operation: Operation) -> Bool {
    switch operation {
    case .read where givenUp.reads > 0: givenUp.reads -= 1
    case .change where givenUp.changes > 0: givenUp.changes -= 1
    case .read, .change:
      operationStartedAt = .distantFuture
      return true
    }
    return false
  }

  /// Starts to wait for an addition; `foreign` are its entries of other nodes' shards.
  mutating func startAddition(foreign: [DueEntry], at now: MonotonicInstant) {
    additions.append(Addition(startedAt: now, foreign: foreign))
  }

  mutating func endAddition() { _ = additions.popFirst() }

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

  /// Gives up the outstanding operation if its answer is overdue, and returns true then.
  mutating func giveUpIfOverdue(_ operation: Operation, at now: MonotonicInstant) -> Bool {
    guard isOverdue(operationStartedAt, at: now) else { return false }
    switch operation {
    case .read: givenUp.reads += 1
    case .change: givenUp.changes += 1
    }
    operationStartedAt = .distantFuture
    return true
  }

  /// Checks how long answers have been owed; returns nil if that changes nothing, or nothing yet for an index that is not in use.
  mutating func updateSlowness(at now: MonotonicInstant) -> Transition? {
    let wasSlow = isSlow
    isSlow =
      givenUp.reads + givenUp.changes > 0
      || additions.first.map { isOverdue($0.startedAt, at: now) } ?? false
    guard isSlow != wasSlow else { return nil }
    guard !isSlow else { return .becameSlow }
    guard stage == .inUse else { return nil }
    askStore(for: configuration.indexVerification, now)
    return .recovered
  }

  /// The time at which the first answer that is owed is overdue; `distantFuture` if none is, or the index is slow already.
  var overdueAt: MonotonicInstant {
    guard !isSlow else { return .distantFuture }
    let earliest = min(operationStartedAt, additions.first?.startedAt ?? .distantFuture)
    return earliest == .distantFuture ? .distantFuture : earliest + configuration.indexTimeout
  }

  private func isOverdue(_ startedAt: MonotonicInstant, at now: MonotonicInstant) -> Bool {
    startedAt != .distantFuture
      && now.microseconds(since: startedAt) >= configuration.indexTimeout.microseconds
  }
}
