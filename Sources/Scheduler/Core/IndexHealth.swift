import TimerModel

/// Decides whether due timers are found through the index, or whether the store is asked instead or as well, and fills the index.
///
/// An index that failed or forgot is down until it answers a probe, and then rebuilt from the store. One that owes an answer for longer
/// than the timeout is slow: the store is asked at once, and the answer is still waited for. After either, the store is asked as well for
/// a while: other nodes may have noticed later, and what they wrote meanwhile may be missing.
///
/// ```
/// inUse ─ failure ─▶ down ─ answered probe ─▶ rebuilding ─ what is due soon is in it ─▶ inUse
/// ```
struct IndexHealth: Sendable {
  /// An operation of the claim cycle; one is outstanding at a time.
  enum Operation: Sendable { case read, change }

  /// A change that the rest of the scheduler must follow.
  enum Transition: Sendable {
    /// The contents of the index are unknown from now on.
    case failed
    /// The same, of an index that was down already.
    case failedAgain
    case becameSlow
    /// It can be relied on, after it was rebuilt or slow.
    case recovered
  }

  private enum Stage: Sendable { case inUse, down, rebuilding }

  private let configuration: SchedulerConfiguration
  private var stage = Stage.inUse
  private var pending: PendingIndexOperations
  private var isProbing = false
  private var nextProbeAt = MonotonicInstant.distantPast
  /// The end of the time in which the store is asked although the index is usable.
  private var asksStoreUntil = MonotonicInstant.distantPast

  /// The shards that are owned, and up to which due time the index holds their timers.
  private(set) var coverage = IndexCoverage()
  /// The number of times the index was filled again after a failure.
  private(set) var rebuilds = 0
  /// The approximate number of entries in the index: other nodes add and remove as well.
  private(set) var count = 0

  init(configuration: SchedulerConfiguration) {
    self.configuration = configuration
    pending = PendingIndexOperations(timeout: configuration.indexTimeout)
  }

  /// True if timers are found through the index.
  var isUsable: Bool { stage == .inUse && !pending.isSlow }

  /// True if the index is neither read nor written to.
  var isDown: Bool { stage == .down }

  /// True if additions have not been answered.
  var hasAdditions: Bool { pending.hasAdditions }

  /// The time of the next probe; `distantFuture` while one is in progress.
  var probeAt: MonotonicInstant { isProbing ? .distantFuture : nextProbeAt }

  /// The time at which the first answer that is owed is overdue; `distantFuture` if there is none.
  var overdueAt: MonotonicInstant { pending.overdueAt }

  /// Returns true if the store is to be asked for what is due.
  func asksStore(at now: MonotonicInstant) -> Bool { !isUsable || now < asksStoreUntil }

  // MARK: Failure and rebuild

  /// Takes the index down; it is probed at once and rebuilt from nothing.
  mutating func fail(at now: MonotonicInstant) -> Transition {
    coverage.reset()
    guard stage != .down else { return .failedAgain }
    stage = .down
    nextProbeAt = now
    return .failed
  }

  /// Starts a probe, at the probe interval, and at the poll interval until the index is rebuilt; returns false if none is due.
  mutating func startProbe(at now: MonotonicInstant) -> Bool {
    guard !isProbing, nextProbeAt <= now else { return false }
    isProbing = true
    nextProbeAt = now + (stage == .inUse ? configuration.probeInterval : configuration.pollInterval)
    return true
  }

  /// Ends the probe in progress; `count` is nil if it failed. An index that was down and has answered is rebuilt from now on.
  mutating func endProbe(count: Int?, _ now: Moment) -> Transition? {
    isProbing = false
    guard let count else { return isDown ? nil : fail(at: now.monotonic) }
    self.count = count
    if stage == .down { stage = .rebuilding }
    return endRebuild(now)
  }

  /// Ends a rebuild once the index holds what is due soon in every shard: read shard by shard as it is refilled, what is due in the last
  /// one would wait for all the others.
  private mutating func endRebuild(_ now: Moment) -> Transition? {
    guard stage == .rebuilding,
      coverage.least.map({ $0 >= now.store + configuration.indexFloor / 2 }) ?? true
    else { return nil }
    stage = .inUse
    rebuilds += 1
    askStore(for: configuration.indexVerification, now.monotonic)
    return .recovered
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

  // MARK: Contents

  /// Owns exactly these shards; the index is refilled for those that are new.
  mutating func own(_ shards: [Int]) { coverage.own(shards) }

  /// Lets no refill wait for a time beyond the horizon, after the store's clock was stepped.
  mutating func clockStepped(_ now: Moment) { coverage.lower(to: now.store + configuration.horizon) }

  /// Counts and returns the entries to add to the index. A later refill adds those that do not fit now.
  mutating func admit(_ entries: [DueEntry], _ now: Moment) -> [DueEntry] {
    let (horizon, floor) = (now.store + configuration.horizon, now.store + configuration.indexFloor)
    var admitted: [DueEntry] = []
    for entry in entries where coverage.includes(entry, through: horizon) {
      guard !isFull || entry.dueAt <= floor else {
        coverage.exclude(entry)
        continue
      }
      count += 1
      admitted.append(entry)
    }
    return admitted
  }

  /// True if only timers that are due soon are still added.
  private var isFull: Bool { count >= configuration.indexLimit }

  /// Starts to refill the shard that is covered least; returns nil if a refill is in progress, none is needed or none is possible.
  mutating func startRefill(_ now: Moment) -> Refill? {
    guard stage != .down, !pending.isSlow else { return nil }
    let wanted = isFull ? configuration.indexFloor : configuration.horizon / 2
    let target = isFull ? configuration.indexFloor : configuration.horizon
    return coverage.beginRefill(
      wanted: now.store + wanted, through: now.store + target, limit: configuration.refillPage)
  }

  /// Ends a refill that brought `page`; the index held `count` entries then.
  mutating func endRefill(_ refill: Refill, _ page: [DueEntry], count: Int, _ now: Moment) -> Transition? {
    coverage.end(refill, page: page)
    self.count = count
    return endRebuild(now)
  }

  /// Ends a refill that the store did not answer.
  mutating func abandonRefill() { coverage.abandonRefill() }

  // MARK: Pending operations

  /// Starts to wait for the answer to a read.
  mutating func startRead(at now: MonotonicInstant) { pending.start(at: now) }

  /// Starts to wait for the answer to a change that removes `removed` entries.
  mutating func startChange(removing removed: Int, at now: MonotonicInstant) {
    pending.start(at: now)
    count = max(0, count - removed)
  }

  /// Ends a read or change; returns false if it was given up before.
  mutating func end(_ operation: Operation) -> Bool { pending.end(operation) }

  /// Gives up the outstanding operation if its answer is overdue, and returns true then.
  mutating func giveUpIfOverdue(_ operation: Operation, at now: MonotonicInstant) -> Bool {
    pending.giveUpIfOverdue(operation, at: now)
  }

  /// Starts to wait for the addition of `entries`.
  mutating func startAddition(of entries: [DueEntry], at now: MonotonicInstant) {
    let isShared = configuration.indexReadInterval != nil
    pending.startAddition(
      foreign: isShared ? entries.filter { !coverage.isOwned($0.shard) } : [], at: now)
  }

  mutating func endAddition() { pending.endAddition() }

  /// Returns the entries of other nodes' shards that may not have arrived; each is returned once.
  mutating func takeForeignEntries() -> [DueEntry] { pending.takeForeignEntries() }

  /// Checks how long answers have been owed; returns nil if nothing changes, or the index is not in use.
  mutating func updateSlowness(at now: MonotonicInstant) -> Transition? {
    guard pending.updateSlowness(at: now) else { return nil }
    guard !pending.isSlow else { return .becameSlow }
    guard stage == .inUse else { return nil }
    askStore(for: configuration.indexVerification, now)
    return .recovered
  }
}
