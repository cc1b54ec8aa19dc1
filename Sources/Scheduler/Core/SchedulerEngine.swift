import DequeModule
import HeapModule
import NodeRuntime
package import TimerModel

/// Decides what is read, claimed and handed to Delivery, and when.
///
/// One claim cycle is in progress at a time: read the index, claim in the store, deliver, update the index. Nothing leaves the
/// index before the store has said so. Refill and sweep run beside it. Once the index fails, forgets or does not answer, the store is
/// asked at once, and then at polling pace until the index can be relied on again.
package struct SchedulerEngine: StepEngine, Sendable {
  /// The phase of the claim cycle.
  enum ClaimCycle: Sendable { case idle, reading, claiming, applyingIndexChanges }

  let configuration: SchedulerConfiguration
  var coverage = IndexCoverage()
  var capacity = DeliveryCapacity(timers: 0, payloadBytes: 0)
  var claimCycle = ClaimCycle.idle
  var isDraining = false
  /// The time after which others may consider this node dead; a node that shares its store with no other is
  /// always alive.
  var leaseExpiresAt = MonotonicInstant.distantFuture
  private var isEnding = false
  private var hasReportedDrained = false

  /// The due time of the earliest known entry of the index; nil if it holds nothing.
  var nextDueAt: Timestamp?
  /// The due timers that the store found and the index had missed; claimed before those that were read.
  var foundByStore: [DueEntry] = []
  /// The entries that were read and are not claimed yet, earliest first.
  var readAhead: Deque<DueEntry> = []
  /// The changes to write to the index: timers that claims settled, and those that turned out to be due
  /// later.
  var indexChanges = IndexChanges()
  /// The earliest of what is being claimed.
  var claimedDueAt: Timestamp?
  var index: IndexHealth

  /// The time at which the index was last read.
  var lastReadAt = MonotonicInstant.distantPast
  /// Timers of other nodes' shards that are due before their owners would hear of them.
  var foreignDueSoon = Heap<ForeignEntry>()

  /// Timers that Delivery has recalled.
  var recalled = RecalledTimers()

  var lostClaims = LostClaims()
  var sweep: Sweep

  var storeBackoff: Backoff
  private var lastStep: Moment?

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantPast

  /// Creates an engine that owns no shard and has no capacity yet.
  package init(configuration: SchedulerConfiguration) {
    self.configuration = configuration
    index = IndexHealth(configuration: configuration)
    sweep = Sweep(configuration: configuration)
    storeBackoff = Backoff(first: configuration.storeBackoff)
  }

  /// True if it has been told to end, nothing that was claimed is on its way, and the index holds all that
  /// was announced.
  package var isFinished: Bool { isEnding && isDrained && !index.hasAdditions }

  private var isDrained: Bool { isDraining && (claimCycle == .idle || claimCycle == .applyingIndexChanges) }

  /// True if timers are found through the index, for health reports.
  package var usesIndex: Bool { index.isUsable }

  /// The approximate number of entries in the index.
  package var indexCount: Int { index.count }

  /// The number of times the index was filled again after it had failed or forgotten.
  package var indexRebuilds: Int { index.rebuilds }

  /// The due time of the earliest known timer that is not yet claimed; nil if none is known.
  package var earliestDueAt: Timestamp? {
    [nextDueAt, claimedDueAt, foundByStore.first?.dueAt, readAhead.first?.dueAt].compactMap(\.self).min()
  }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [SchedulerEvent], now: Moment) -> [SchedulerAction] {
    var actions: [SchedulerAction] = []
    detectClockStep(now)
    for event in events { handle(event, now: now, &actions) }
    detectSlowIndex(now)
    if !isDraining {
      startRecovery(now, &actions)
      startClaimCycle(now, &actions)
      startRefill(now, &actions)
      startProbe(now, &actions)
      startSweep(now, &actions)
    }
    if isDrained, !hasReportedDrained {
      hasReportedDrained = true
      actions.append(.drained)
    }
    for case .addToIndex(let entries) in actions { recordAddition(of: entries, now) }
    wakeAt = nextWake(now)
    return actions
  }

  private mutating func handle(_ event: SchedulerEvent, now: Moment, _ actions: inout [SchedulerAction]) {
    switch event {
    case .shardsOwned(let shards):
      coverage.own(shards)
      readAhead.removeAll { !coverage.isOwned($0.shard) }
      foundByStore.removeAll { !coverage.isOwned($0.shard) }
      nextDueAt = now.store
      // What the last owner had claimed and left behind is overdue.
      sweep.schedule(at: now.monotonic)
    case .timersDue(let entries): add(entries, now: now, &actions)
    case .recalled(let entries): recalled.add(entries)
    case .capacityGranted(let granted): capacity += granted
    case .leaseExtended(let until): leaseExpiresAt = until
    case .drain: isDraining = true
    case .end: (isDraining, isEnding) = (true, true)
    case .indexRead(let reply): indexWasRead(reply, now: now, &actions)
    case .claimAnswered(let attempt, let reply): claimWasAnswered(attempt, reply, now: now, &actions)
    case .claimRecovered(let attempt, let timers): claimRecovered(attempt, timers, now: now, &actions)
    case .indexChangesApplied(let succeeded):
      if index.end(.change) { claimCycle = .idle }
      if !succeeded { indexFailed(now) }
      pollAgainIfBacklogged(now)
    case .indexAdded(let earliest):
      if earliest == nil { additionFailed(now) } else { noteDue(at: earliest) }
      index.endAddition()
    case .indexProbed(let count): indexProbed(count, now: now)
    case .refilled(let refill, let result): refillEnded(refill, result, now: now)
    case .swept(let entries): sweepEnded(entries, now: now, &actions)
    }
  }

  /// After a step of the store's clock, looks at once for what became due and lets no refill wait for the old time.
  private mutating func detectClockStep(_ now: Moment) {
    defer { lastStep = now }
    guard let lastStep else { return }
    let storeElapsed = now.storeMicroseconds - lastStep.storeMicroseconds
    let monotonicElapsed = now.monotonic.microseconds(since: lastStep.monotonic)
    guard abs(storeElapsed - monotonicElapsed) > 500_000 else { return }
    sweep.schedule(at: now.monotonic)
    nextDueAt = nextDueAt.map { min($0, now.store) } ?? now.store
    coverage.lower(to: now.store + configuration.horizon)
  }

  private func nextWake(_ now: Moment) -> MonotonicInstant {
    var wake = now.monotonic + configuration.maxSleep
    wake = min(wake, index.overdueAt)
    guard !isDraining else { return wake }
    wake = min(wake, index.probeAt)
    if storeBackoff.isWaiting(now) { return min(wake, storeBackoff.until) }
    if lostClaims.canStartRecovery { return now.monotonic }
    if maySweep(now) { wake = min(wake, sweep.dueAt) }
    guard claimCycle == .idle, canClaim(now) else { return wake }
    if !readAhead.isEmpty || !foundByStore.isEmpty || !recalled.isEmpty { return now.monotonic }
    if usesIndex, let nextDueAt {
      wake = min(wake, now.monotonic(at: nextDueAt - configuration.claimCycleLead))
    }
    if let foreign = foreignDueSoon.min {
      wake = min(wake, now.monotonic(at: foreign.entry.dueAt - configuration.claimCycleLead))
    }
    return wake
  }

  /// Returns true if there is room, and this node may claim: the claims of one that nobody knows to be alive
  /// would be void, or would wait for their leases if it died.
  func canClaim(_ now: Moment) -> Bool {
    capacity.timers > 0 && capacity.payloadBytes > 0 && now.monotonic < leaseExpiresAt
  }
}

/// A due timer of another node's shard, ordered by due time.
struct ForeignEntry: Comparable, Sendable {
  let entry: DueEntry

  static func < (a: ForeignEntry, b: ForeignEntry) -> Bool {
    (a.entry.dueAt, a.entry.key) < (b.entry.dueAt, b.entry.key)
  }
}

/// The changes to write to the index after claims.
struct IndexChanges: Sendable {
  var remove: [DueEntry] = []
  var move: [DueEntry] = []

  var isEmpty: Bool { remove.isEmpty && move.isEmpty }
}
