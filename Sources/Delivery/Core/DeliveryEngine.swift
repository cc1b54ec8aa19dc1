import DequeModule
import HeapModule
import NodeRuntime
package import TimerModel

/// Decides which claimed timer is attempted when, and what follows from the outcome.
///
/// It keeps each timer until its own millisecond, then until it gets a slot: one of all, and one of its origin. The number of timers that
/// wait is bounded. If an origin exceeds its share, its latest timers are deferred: they are released to the store, and recalled in the
/// order of their due times as the origin has capacity.
package struct DeliveryEngine: StepEngine, Sendable {
  let configuration: DeliveryConfiguration
  let policy: DeliveryPolicy
  var random: any RandomNumberGenerator & Sendable

  var pending = PendingDeliveries()
  /// The claims of pending deliveries, and of those that ended a moment ago.
  var known = KnownClaims()
  var origins: [String: Origin] = [:]
  var inFlight = 0
  /// Of these, the attempts at origins that do not respond.
  var unresponsive = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// All timers that wait for a slot.
  var waiting = DeliveryCapacity(timers: 0, payloadBytes: 0)
  var deferred = DeferredTimers()
  /// Origins whose timers are to be recalled if there is capacity now.
  var recallable: [String] = []
  var awake = AwakeClock()
  /// The time of the next review of all origins.
  var nextReviewAt = MonotonicInstant.distantPast
  /// Timers that are not due yet.
  var notYetDue = Heap<NotYetDue>()
  /// Origins that have timers waiting, in the order in which they get slots.
  var originsWithWaiting: Deque<String> = []
  var settlementQueue = SettlementQueue()
  var kafka: KafkaCapacity
  var isSettling = false
  var settleBackoff: Backoff
  var isDraining = false
  /// The time after which others may consider this node dead; a node that shares its store with no other is
  /// always alive.
  var leaseExpiresAt = MonotonicInstant.distantFuture
  private var isAbandoning = false

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantPast

  /// Creates an engine that holds nothing; `random` is for jitter and firing ids.
  package init(configuration: DeliveryConfiguration, random: any RandomNumberGenerator & Sendable) {
    self.configuration = configuration
    self.random = random
    policy = DeliveryPolicy(
      retryPolicy: configuration.retryPolicy, retryAfterCeiling: configuration.retryAfterCeiling,
      minFiringInterval: configuration.minFiringInterval)
    settleBackoff = Backoff(first: configuration.settleBackoff)
    kafka = KafkaCapacity(configuration)
  }

  /// The capacity that the scheduler may use from the start.
  package var initialCapacity: DeliveryCapacity {
    DeliveryCapacity(timers: configuration.maxHeld, payloadBytes: configuration.maxHeldPayloadBytes)
  }

  /// True if all that was taken has been settled; once abandoned, whether all that has ended has been. The
  /// claims of attempts that still run are left as they are: they become void, and the attempts will be
  /// repeated.
  package var isFinished: Bool {
    isDraining && (pending.isEmpty || isAbandoning && settlementQueue.isEmpty && !isSettling)
  }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [DeliveryEvent], now: Moment) -> [DeliveryAction] {
    var actions: [DeliveryAction] = []
    awake.advance(to: now, planned: wakeAt)
    for event in events {
      switch event {
      case .claimed(let timers): accept(timers, now, &actions)
      case .attemptEnded(let id, let outcome): attemptEnded(id, outcome, now: now)
      case .settled(let batch, let verdicts): settled(batch, verdicts, now: now, &actions)
      case .drain: isDraining = true
      case .abandon: isAbandoning = true
      case .leaseExtended(let until): leaseExpiresAt = until
      }
    }
    known.forget(now)
    if isDraining { releaseAllWaiting(now) }
    enqueueDue(now, &actions)
    startAttempts(now, &actions)
    let isReviewing = detectStalledOrigins(now)
    deferTimersOfStalledOrigins(isReviewing: isReviewing, now)
    recall(now, &actions)
    startSettle(now, &actions)
    wakeAt = nextWake(now)
    return actions
  }

  private mutating func accept(_ timers: [ClaimedTimer], _ now: Moment, _ actions: inout [DeliveryAction]) {
    var notAccepted = DeliveryCapacity(timers: 0, payloadBytes: 0)
    for claimed in timers where !accept(claimed, now) {
      notAccepted += DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes)
    }
    if notAccepted.timers > 0 { actions.append(.grant(notAccepted)) }
  }

  /// Accepts a claimed timer. Returns true if the timer keeps the capacity that the scheduler was granted for
  /// it.
  private mutating func accept(_ claimed: ClaimedTimer, _ now: Moment) -> Bool {
    guard known.insert(claimed.timer.fence) else { return false }
    let destination = claimed.timer.definition.destination
    let hasKafkaSlot = destination.isKafka && kafka.reserve(claimed.payloadBytes)
    let origin = destination.originName
    let id = pending.insert(claimed, origin: origin, hasKafkaSlot: hasKafkaSlot)
    if !deferred.isEmpty, claimed.timer.attempts.last?.result == .released {
      deferred.remove(claimed.timer.key, of: destination.isKafka ? KafkaCapacity.origin : origin)
    }
    if destination.isKafka, !hasKafkaSlot {
      deferTimer(id, for: kafka.deferral(now), .kafkaFull, now)
    } else {
      notYetDue.insert(NotYetDue(startsAt: claimed.timer.startsAt, id: id))
    }
    return !hasKafkaSlot
  }

  private func nextWake(_ now: Moment) -> MonotonicInstant {
    var wake = now.monotonic + .milliseconds(250)
    if pending.isEmpty { wake = .distantFuture }
    if let next = notYetDue.min { wake = min(wake, now.monotonic(at: next.startsAt)) }
    if !origins.isEmpty || !deferred.isEmpty { wake = min(wake, nextReviewAt) }
    if !settlementQueue.isEmpty, !isSettling {
      wake = min(wake, max(settleBackoff.until, now.monotonic))
    }
    return wake
  }
}

/// A claimed timer from its claim to its settlement.
struct PendingDelivery {
  let id: DeliveryID
  let claimed: ClaimedTimer
  let origin: String
  /// True if it uses Kafka's capacity, and none of that which the scheduler was granted.
  let hasKafkaSlot: Bool
  var start: Moment?
  /// The start of its attempt on the awake clock.
  var startedAwake: Int64 = 0
  var settlement: Settlement?
  /// True if it is to be recalled after its release.
  var isDeferred = false

  /// The part of the granted capacity that it takes.
  var size: DeliveryCapacity { DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes) }
}

/// A claimed timer that is not due yet.
struct NotYetDue: Comparable {
  let startsAt: Timestamp
  let id: DeliveryID

  static func < (a: NotYetDue, b: NotYetDue) -> Bool { (a.startsAt, a.id) < (b.startsAt, b.id) }
}
