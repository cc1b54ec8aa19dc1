import NodeRuntime
package import TimerModel
import TimerWire

/// Decides which claimed timer is attempted when, and what follows from the outcome.
///
/// It keeps each timer until its own millisecond, then until it gets a slot: one of all, and one of its origin. The number of timers that
/// wait is bounded. If an origin exceeds its share, its latest timers are deferred: they are released to the store, and recalled in the
/// order of their due times as the origin has capacity.
///
/// Five machines decide one matter each: `HeldTimers` which timers are due, `OriginQueues` which of them gets the next slot and which are
/// too many, `DeferredTimers` which are recalled, `QueueCapacity` how many a transport may queue, `Settlements` which claims the next write
/// ends. The engine passes events on to them, in a fixed order, and tells each what it needs to know of the others.
package struct DeliveryEngine: StepEngine, Sendable {
  private let configuration: DeliveryConfiguration
  private let policy: DeliveryPolicy
  private var random: any RandomNumberGenerator & Sendable
  private var held = HeldTimers()
  private var origins: OriginQueues
  private var deferred = DeferredTimers()
  private var queueCapacity: QueueCapacity
  private var settlements: Settlements
  /// The time after which others may consider this node dead; a node that shares its store with no other is
  /// always alive.
  private var leaseExpiresAt = MonotonicInstant.distantFuture
  private var isDraining = false
  private var isAbandoning = false

  /// The time of the step in progress or of the last one; `distantPast` before the first.
  private var now = Moment(storeMicroseconds: 0, monotonic: .distantPast)
  /// The actions of the step in progress.
  private var actions: [DeliveryAction] = []

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantPast

  /// Creates an engine that holds nothing; `random` is for jitter and firing ids.
  package init(configuration: DeliveryConfiguration, random: any RandomNumberGenerator & Sendable) {
    self.configuration = configuration
    self.random = random
    policy = DeliveryPolicy(
      retryPolicy: configuration.retryPolicy, retryAfterCeiling: configuration.retryAfterCeiling,
      minFiringInterval: configuration.minFiringInterval)
    origins = OriginQueues(configuration: configuration)
    queueCapacity = QueueCapacity(configuration)
    settlements = Settlements(configuration: configuration)
  }

  /// The capacity that the scheduler may use from the start.
  package var initialCapacity: DeliveryCapacity {
    DeliveryCapacity(timers: configuration.maxHeld, payloadBytes: configuration.maxHeldPayloadBytes)
  }

  /// True if all that was taken has been settled; once abandoned, whether all that has ended has been. The
  /// claims of attempts that still run are left as they are: they become void, and the attempts will be
  /// repeated.
  package var isFinished: Bool {
    isDraining && (held.isEmpty || isAbandoning && settlements.isEmpty)
  }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [DeliveryEvent], now: Moment) -> [DeliveryAction] {
    self.now = now
    origins.advance(to: now, planned: wakeAt)
    for event in events { handle(event) }
    held.forgetEnded(now)
    if isDraining { releaseAllWaiting() }
    queueDue()
    startAttempts()
    let isReviewing = origins.review(at: now.monotonic)
    if isReviewing { deferred.markAllRecallable() }
    deferExcess(isReviewing: isReviewing)
    recall()
    startSettling()
    wakeAt = nextWake
    defer { actions = [] }
    return actions
  }

  private mutating func handle(_ event: DeliveryEvent) {
    switch event {
    case .claimed(let timers): accept(timers)
    case .attemptEnded(let id, let outcome): attemptEnded(id, outcome)
    case .settled(let batch, let verdicts): settled(batch, verdicts)
    case .drain: isDraining = true
    case .abandon: isAbandoning = true
    case .leaseExtended(let until): leaseExpiresAt = until
    }
  }

  private var nextWake: MonotonicInstant {
    var wake = now.monotonic + .milliseconds(250)
    if held.isEmpty { wake = .distantFuture }
    if let startsAt = held.nextStart { wake = min(wake, now.monotonic(at: startsAt)) }
    if !origins.isEmpty || !deferred.isEmpty { wake = min(wake, origins.nextReviewAt) }
    return min(wake, settlements.nextStart(now))
  }

  // MARK: Claimed timers

  private mutating func accept(_ timers: [ClaimedTimer]) {
    var notAccepted = DeliveryCapacity(timers: 0, payloadBytes: 0)
    for claimed in timers where !accept(claimed) {
      notAccepted += DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes)
    }
    if notAccepted.timers > 0 { actions.append(.grant(notAccepted)) }
  }

  /// Accepts a claimed timer. Returns true if the timer keeps the capacity that the scheduler was granted for
  /// it.
  private mutating func accept(_ claimed: ClaimedTimer) -> Bool {
    guard held.admit(claimed.timer.fence) else { return false }
    let origin = claimed.timer.definition.destination.origin
    // Without an origin, the transport queues.
    let isQueued = origin == nil && queueCapacity.reserve(claimed.payloadBytes)
    let name = origin ?? QueueCapacity.origin
    let id = held.insert(claimed, origin: name, isQueued: isQueued)
    if !deferred.isEmpty, claimed.timer.attempts.last?.result == .released {
      deferred.remove(claimed.timer.key, of: name)
    }
    if origin == nil, !isQueued {
      deferTimer(id, for: queueCapacity.deferral(now), .queueFull)
    } else {
      held.schedule(id, at: claimed.timer.startsAt)
    }
    return !isQueued
  }

  /// Has due timers wait for a slot of their origin. Those that their transport queues start in the order of their due times.
  private mutating func queueDue() {
    while let id = held.popDue(through: now.store) {
      guard let delivery = held[id] else { continue }
      if delivery.isQueued {
        _ = start(id)
      } else {
        origins.enqueue(WaitingTimer(delivery), of: delivery.origin)
      }
    }
  }

  /// Releases all timers that wait: on shutdown no attempt starts.
  private mutating func releaseAllWaiting() {
    while let id = held.popScheduled() { releaseForShutdown(id) }
    for id in origins.removeAllWaiting() { releaseForShutdown(id) }
  }

  private mutating func releaseForShutdown(_ id: DeliveryID) {
    if let timer = held[id]?.claimed.timer { release(id, dueAt: timer.startsAt, .stopping) }
  }

  /// Releases a claim without an attempt.
  private mutating func release(_ id: DeliveryID, dueAt: Timestamp, _ reason: ReleaseReason) {
    guard let delivery = held[id] else { return }
    held.end(id, by: Settlement(releasing: delivery.claimed, dueAt: dueAt, reason, at: now.store))
    settlements.append(id, isQueued: delivery.isQueued, canWait: false, now)
  }

  // MARK: Attempts

  /// Starts attempts while there are free slots, one origin after the other.
  private mutating func startAttempts() {
    while let turn = origins.takeTurn() {
      let hasStarted = start(turn.timer.id)
      origins.end(turn, hasStarted: hasStarted)
    }
  }

  /// Starts an attempt. If its claim no longer covers it, releases the claim and returns false.
  private mutating func start(_ id: DeliveryID) -> Bool {
    guard let delivery = held[id] else { return false }
    let timer = delivery.claimed.timer
    let timeout = self.timeout(of: delivery)
    guard now.monotonic < leaseExpiresAt, now.monotonic + timeout <= delivery.claimed.deadline else {
      release(id, dueAt: timer.startsAt, .leaseTooShort)
      return false
    }
    held.start(id, at: now, awake: origins.awake)
    actions.append(.attempt(id, AttemptRequest(timer: timer, startedAt: now.store, timeout: timeout)))
    return true
  }

  private func timeout(of delivery: PendingDelivery) -> Duration {
    guard !delivery.isQueued else { return configuration.queueing.timeout }
    guard let seconds = delivery.claimed.timer.definition.callbackTimeoutSeconds else {
      return configuration.attemptTimeout
    }
    // A store may hold any number; what the service takes is checked when it comes.
    return .seconds(min(max(seconds, 1), 3600))
  }

  private mutating func attemptEnded(_ id: DeliveryID, _ outcome: AttemptOutcome) {
    guard let delivery = held[id], let start = delivery.start else { return }
    if delivery.isQueued {
      if outcome.kind == .delivered { queueCapacity.succeed() }
    } else if origins.endAttempt(of: delivery, outcome) {
      deferred.markRecallable(delivery.origin)
    }
    var settlement = policy.settlement(
      of: delivery.claimed, outcome: outcome,
      times: AttemptTimes(
        startedAt: start.store, duration: now.monotonic - start.monotonic, now: now.store),
      random: &random)
    if let outbox = configuration.outbox {
      settlement.messages = outbox.messages(
        for: settlement, of: delivery.claimed.timer, at: now.store, random: &random)
    }
    held.end(id, by: settlement)
    // Deferred timers wait for the capacity that the claim takes.
    let canWait = settlement.ending == .delivered && deferred.isEmpty
    settlements.append(id, isQueued: delivery.isQueued, canWait: canWait, now)
  }

  // MARK: Deferral

  /// Defers timers that would wait too long for their origins.
  private mutating func deferExcess(isReviewing: Bool) {
    for excess in origins.removeExcess(beside: deferred, isReviewing: isReviewing) {
      deferTimer(excess.id, for: excess.away, excess.reason)
    }
  }

  /// Releases a timer, which is recalled as soon as there is capacity and is due after `away` in any case.
  private mutating func deferTimer(_ id: DeliveryID, for away: Duration, _ reason: ReleaseReason) {
    held.markDeferred(id)
    release(id, dueAt: now.store + away, reason)
  }

  /// Recalls timers whose origins have capacity for them.
  private mutating func recall() {
    guard !isDraining else { return deferred.clearRecallable() }
    let recalled = deferred.recall(at: now.monotonic) { origin, expected in
      origin == QueueCapacity.origin
        ? queueCapacity.recallLimit(expected: expected) : origins.recallLimit(of: origin, expected: expected)
    }
    if !recalled.isEmpty { actions.append(.recall(recalled)) }
  }

  // MARK: Settlement

  private mutating func startSettling() {
    if isDraining { settlements.stopGathering() }
    guard let ids = settlements.start(now) else { return }
    actions.append(.settle(SettleBatch(ids: ids, settlements: ids.compactMap { held[$0]?.settlement })))
  }

  private mutating func settled(_ batch: SettleBatch, _ verdicts: [SettleVerdict]?) {
    guard let verdicts else {
      settlements.fail(now)
      for id in batch.ids.reversed() {
        settlements.putBack(id, isQueued: held[id]?.isQueued ?? false)
      }
      return
    }
    settlements.succeed()
    var freed = DeliveryCapacity(timers: 0, payloadBytes: 0)
    var dueAgain: [DueEntry] = []
    for (id, verdict) in zip(batch.ids, verdicts) {
      guard let delivery = held.remove(id, now) else { continue }
      if delivery.isQueued {
        queueCapacity.release(delivery.claimed.payloadBytes)
        deferred.markRecallable(QueueCapacity.origin)
      } else {
        freed += delivery.size
      }
      guard verdict == .settled, let dueAt = delivery.settlement?.nextDueAt else { continue }
      let timer = delivery.claimed.timer
      let due = DueEntry(key: timer.key, shard: delivery.claimed.shard, dueAt: dueAt)
      dueAgain.append(due)
      guard delivery.isDeferred else { continue }
      deferred.add(
        due, of: delivery.origin, since: timer.waitsSince, payloadBytes: delivery.claimed.payloadBytes)
    }
    if !dueAgain.isEmpty { actions.append(.announce(dueAgain)) }
    actions.append(.grant(freed))
  }
}
