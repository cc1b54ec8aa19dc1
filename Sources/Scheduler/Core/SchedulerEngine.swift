import NodeRuntime
package import TimerModel

/// Decides what is read, claimed and handed to Delivery, and when.
///
/// Four machines decide one matter each: `ClaimCycle` what is claimed next, `IndexHealth` whether the index can be relied on, `Sweep`
/// when the store is asked for what the index missed, `LostClaims` which claims are recovered. The engine passes events on to them, in
/// a fixed order, and tells each what it needs to know of the others.
///
/// Nothing leaves the index before the store has said so. Once the index fails, forgets or does not answer, the store is asked at once,
/// and then at polling pace until the index can be relied on again.
package struct SchedulerEngine: StepEngine, Sendable {
  private let configuration: SchedulerConfiguration
  private var cycle: ClaimCycle
  private var index: IndexHealth
  private var sweep: Sweep
  private var lostClaims = LostClaims()
  private var allowance = ClaimAllowance()
  /// Common to all that asks the store: claims, recoveries, refills and sweeps.
  private var storeBackoff: Backoff
  private var isDraining = false
  private var isEnding = false
  private var hasReportedDrained = false

  /// The time of the step in progress or of the last one; `distantPast` before the first.
  private var now = Moment(storeMicroseconds: 0, monotonic: .distantPast)
  /// The actions of the step in progress.
  private var actions: [SchedulerAction] = []

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantPast

  /// Creates an engine that owns no shard and has no capacity yet.
  package init(configuration: SchedulerConfiguration) {
    self.configuration = configuration
    cycle = ClaimCycle(configuration: configuration)
    index = IndexHealth(configuration: configuration)
    sweep = Sweep(configuration: configuration)
    storeBackoff = Backoff(first: configuration.storeBackoff)
  }

  /// True if it has been told to end, nothing that was claimed is on its way, and the index holds all that was announced.
  package var isFinished: Bool { isEnding && isDrained && !index.hasAdditions && !cycle.delaysAdditions }

  /// True if timers are found through the index, for health reports.
  package var usesIndex: Bool { index.isUsable }

  /// The approximate number of entries in the index.
  package var indexCount: Int { index.count }

  /// The number of times the index was filled again after it had failed or forgotten.
  package var indexRebuilds: Int { index.rebuilds }

  /// The due time of the earliest known timer that is not yet claimed; nil if none is known.
  package var earliestDueAt: Timestamp? { cycle.earliestDueAt }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [SchedulerEvent], now: Moment) -> [SchedulerAction] {
    let lastStep = self.now
    self.now = now
    detectClockStep(since: lastStep)
    for event in events { handle(event) }
    if let operation = cycle.indexOperation, index.giveUpIfOverdue(operation, at: now.monotonic) {
      endIndexOperation()
    }
    follow(index.updateSlowness(at: now.monotonic))
    if !isDraining {
      startRecovery()
      startClaimCycle()
      startRefill()
      if index.startProbe(at: now.monotonic) { actions.append(.probeIndex(shards: owned)) }
      startSweep()
    }
    if isDrained, !hasReportedDrained {
      hasReportedDrained = true
      actions.append(.drained)
    }
    for case .addToIndex(let entries) in actions { index.startAddition(of: entries, at: now.monotonic) }
    wakeAt = nextWake
    defer { actions = [] }
    return actions
  }

  private mutating func handle(_ event: SchedulerEvent) {
    switch event {
    case .shardsOwned(let shards):
      index.own(shards)
      cycle.forgetUnowned(index.coverage)
      cycle.scheduleRead(at: now.store)
      // What the last owner had claimed and left behind is overdue.
      sweep.schedule(at: now.monotonic)
    case .timersDue(let entries): add(entries)
    case .recalled(let entries): cycle.recall(entries)
    case .capacityGranted(let granted): allowance.grant(granted)
    case .leaseExtended(let until): allowance.extendLease(until: until)
    case .drain: isDraining = true
    case .end: (isDraining, isEnding) = (true, true)
    case .indexRead(let reply): indexRead(reply)
    case .claimAnswered(let attempt, let reply): claimAnswered(attempt, reply)
    case .claimRecovered(let attempt, let timers): claimRecovered(attempt, timers)
    case .indexChangesApplied(let succeeded):
      if index.end(.change) { endIndexOperation() }
      if !succeeded { follow(index.fail(at: now.monotonic)) }
      pollAgainIfBacklogged()
    case .indexAdded(let entries): indexAdded(entries)
    case .indexProbed(let count): follow(index.endProbe(count: count, now))
    case .refilled(let refill, let result): refilled(refill, result)
    case .swept(let entries): swept(entries)
    }
  }

  /// After a step of the store's clock, looks at once for what became due and lets no refill wait for the old time.
  private mutating func detectClockStep(since lastStep: Moment) {
    guard now.isStepped(since: lastStep) else { return }
    sweep.schedule(at: now.monotonic)
    cycle.scheduleRead(at: now.store)
    index.clockStepped(now)
  }

  private var owned: [Int] { index.coverage.owned }
  private var isDrained: Bool { isDraining && !cycle.isReadingOrClaiming }
  private var canClaim: Bool { allowance.canClaim(at: now.monotonic) }

  private var nextWake: MonotonicInstant {
    var wake = min(now.monotonic + configuration.maxSleep, index.overdueAt)
    guard !isDraining else { return wake }
    wake = min(wake, index.probeAt)
    if storeBackoff.isWaiting(now) { return min(wake, storeBackoff.until) }
    if lostClaims.canStartRecovery { return now.monotonic }
    if maySweep { wake = min(wake, sweep.dueAt) }
    guard cycle.isIdle, canClaim else { return wake }
    if cycle.hasWaiting { return now.monotonic }
    return min(wake, cycle.nextStart(usesIndex: usesIndex, now))
  }

  // MARK: Claims

  private mutating func startClaimCycle() {
    guard canClaim, !storeBackoff.isWaiting(now) else { return }
    switch cycle.start(allowance.capacity, usesIndex: usesIndex, now) {
    case .claim(let attempt): actions.append(.claim(attempt))
    case .readIndex(let shards, let through):
      index.startRead(at: now.monotonic)
      let read = if case .some(let due) = shards { due } else { owned }
      actions.append(.readIndex(shards: read, through: through, limit: configuration.readBatch))
    case nil: break
    }
  }

  private mutating func indexRead(_ reply: DueReply?) {
    let isAwaited = index.end(.read)
    if isAwaited { endIndexOperation() }
    guard let reply else { return follow(index.fail(at: now.monotonic)) }
    guard isAwaited else { return }
    if let attempt = cycle.claimRead(reply, canClaim && !isDraining ? allowance.capacity : nil, now) {
      actions.append(.claim(attempt))
    }
  }

  private mutating func claimAnswered(_ attempt: ClaimAttempt, _ reply: ClaimReply?) {
    guard let reply else { return failClaim(attempt) }
    storeBackoff.succeed()
    let claimed = cycle.endClaim(attempt, reply)
    if index.detectStaleEntries(reply.verdicts, at: now.monotonic) { sweep.schedule(at: now.monotonic) }
    deliver(claimed)
    applyIndexChanges()
    pollAgainIfBacklogged()
  }

  private mutating func failClaim(_ attempt: ClaimAttempt) {
    storeBackoff.fail(now)
    cycle.failClaim(attempt)
    lostClaims.add(attempt)
    // The index need not hold what was claimed.
    sweep.schedule(at: now.monotonic)
    applyIndexChanges()
  }

  private mutating func deliver(_ claimed: [ClaimedTimer]) {
    guard !claimed.isEmpty else { return }
    allowance.use(for: claimed)
    actions.append(.deliver(claimed))
  }

  /// Applies the changes to the index, unless more timers can be claimed at once: the changes of several cycles are written together.
  private mutating func applyIndexChanges() {
    let hasMore = cycle.hasReadAhead || cycle.hasFound
    if hasMore, canClaim, !isDraining, !storeBackoff.isWaiting(now) { return }
    guard !index.isDown else { return cycle.discardIndexChanges() }
    guard let changes = cycle.startIndexChanges() else { return }
    index.startChange(removing: changes.remove.count, at: now.monotonic)
    actions.append(.applyIndexChanges(remove: changes.remove, move: changes.move))
  }

  /// Recovers a claim whose reply was lost. Delivery recognizes the timers that it holds already.
  private mutating func startRecovery() {
    guard !storeBackoff.isWaiting(now) else { return }
    if let attempt = lostClaims.startRecovery(at: now.monotonic) { actions.append(.recoverClaim(attempt)) }
  }

  private mutating func claimRecovered(_ attempt: ClaimAttempt, _ timers: [Timer]?) {
    guard let timers else {
      lostClaims.failRecovery(of: attempt)
      return storeBackoff.fail(now)
    }
    lostClaims.endRecovery()
    deliver(attempt.claimed(among: timers, by: configuration.node))
  }

  // MARK: Sweep

  /// True if a sweep would bring anything now. A poll brings what can be claimed at once.
  private var maySweep: Bool { !index.asksStore(at: now.monotonic) || (!cycle.hasFound && canClaim) }

  private mutating func startSweep() {
    guard sweep.dueAt <= now.monotonic, maySweep, !storeBackoff.isWaiting(now) else { return }
    let limit = min(allowance.capacity.timers, configuration.claimBatch)
    let query =
      index.asksStore(at: now.monotonic)
      ? sweep.startPoll(limit: limit, isIndexUsable: usesIndex, now) : sweep.startSearch(now)
    actions.append(.sweep(shards: owned, before: query.before, limit: query.limit))
  }

  private mutating func pollAgainIfBacklogged() {
    guard cycle.isIdle, !cycle.hasFound, index.asksStore(at: now.monotonic) else { return }
    sweep.pollAgainIfBacklogged(at: now.monotonic)
  }

  /// Claims at once the timers that the store found: an index that missed them may never list them. If timers wait for capacity, the
  /// index may have listed them already.
  private mutating func swept(_ entries: [DueEntry]?) {
    guard let entries else {
      sweep.fail()
      return storeBackoff.fail(now)
    }
    storeBackoff.succeed()
    let isPolling = index.asksStore(at: now.monotonic)
    sweep.end(found: entries.count, isPolling: isPolling)
    if isPolling || (!cycle.hasReadAhead && canClaim) {
      cycle.setFound(entries)
    } else if !entries.isEmpty {
      actions.append(.addToIndex(entries))
    }
  }

  // MARK: Index

  private mutating func add(_ entries: [DueEntry]) {
    cycle.addImminent(entries, index.coverage, isUnindexed: index.isDown, now)
    guard !index.isDown else { return }
    addToIndex(cycle.admitAdditions(entries))
  }

  private mutating func endIndexOperation() {
    cycle.endIndexOperation()
    addToIndex(cycle.takeDelayedAdditions())
  }

  /// Adds entries. A read must not overtake the addition: what is due is noted once it is in the index.
  private mutating func addToIndex(_ entries: [DueEntry]) {
    let added = index.admit(entries, now)
    if !added.isEmpty { actions.append(.addToIndex(added)) }
  }

  private mutating func indexAdded(_ entries: [DueEntry]?) {
    if let entries {
      cycle.noteIndexed(index.coverage.owned(entries))
    } else {
      // They may not have arrived, and only this node knows of them.
      cycle.addImminent(index.takeForeignEntries(), index.coverage, isUnindexed: true, now)
      follow(index.fail(at: now.monotonic))
    }
    index.endAddition()
  }

  private mutating func startRefill() {
    guard !storeBackoff.isWaiting(now), let refill = index.startRefill(now) else { return }
    actions.append(.refill(refill, shards: owned))
  }

  private mutating func refilled(_ refill: Refill, _ result: RefillResult) {
    switch result {
    case .added(let page, let count):
      storeBackoff.succeed()
      cycle.noteIndexed(page.first.map { [$0] } ?? [])
      follow(index.endRefill(refill, page, count: count, now))
    case .storeFailed:
      storeBackoff.fail(now)
      index.abandonRefill()
    case .indexFailed: follow(index.fail(at: now.monotonic))
    }
  }

  /// Has the store asked at once when the index cannot be relied on any more, and the index read at once when it can be again.
  private mutating func follow(_ transition: IndexHealth.Transition?) {
    if transition == .failed || transition == .becameSlow { sweep.schedule(at: now.monotonic) }
    if transition == .failed || transition == .failedAgain { cycle.forgetIndex() }
    if transition == .recovered { cycle.scheduleRead(at: now.store) }
  }
}
