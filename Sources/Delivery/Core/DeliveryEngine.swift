import DequeModule
import HeapModule
import StepRunner
package import TimerModel

/// Decides which claimed timer is attempted when, and what follows from the outcome.
///
/// It holds each timer until its own millisecond, then until there is a place for it: in all and at its origin. The room for those that
/// wait is bounded. Of an origin that takes more than its share the timers that came last step aside: they go back to the store, and are
/// called back in the order of their moments as the origin has room.
package struct DeliveryEngine: StepEngine, Sendable {
  let configuration: DeliveryConfiguration
  let policy: DeliveryPolicy
  var random: any RandomNumberGenerator & Sendable

  var held = HeldTimers()
  /// The claims of what is held, or was until a moment ago.
  var known = KnownClaims()
  var origins: [String: Origin] = [:]
  var inFlight = 0
  /// Of these, the attempts at origins that do not answer.
  var unanswered = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// All that wait for a place.
  var waiting = DeliveryCapacity(timers: 0, payloadBytes: 0)
  var aside = AsideTimers()
  /// Origins whose timers are to be called back if there is room now.
  var callable: [String] = []
  var awake = AwakeClock()
  /// The time of the next review of all origins, on the monotonic clock.
  var nextReviewAt = Int64.min
  /// Timers whose moment has not come.
  var early = Heap<Early>()
  /// Origins that have timers waiting, in the order in which they are asked.
  var crowded: Deque<String> = []
  var endings = Endings()
  var kafka: KafkaPlaces
  var isSettling = false
  var settleBackoff: Backoff
  var isDraining = false
  /// The time after which others may consider this node dead; a node that shares its store with no other is
  /// always alive.
  var leaseExpiresAt: Int64 = .max
  private var isAbandoning = false

  /// The time at which it must be stepped again.
  package private(set) var wakeAtMonotonicMicroseconds: Int64 = .min

  /// Creates an engine that holds nothing; `random` is for jitter and firing ids.
  package init(configuration: DeliveryConfiguration, random: any RandomNumberGenerator & Sendable) {
    self.configuration = configuration
    self.random = random
    policy = DeliveryPolicy(
      retryPolicy: configuration.retryPolicy, retryAfterCeiling: configuration.retryAfterCeiling,
      minFiringInterval: configuration.minFiringInterval)
    settleBackoff = Backoff(first: configuration.settleBackoff)
    kafka = KafkaPlaces(configuration)
  }

  /// The capacity that the scheduler may use from the start.
  package var initialCapacity: DeliveryCapacity {
    DeliveryCapacity(timers: configuration.maxHeld, payloadBytes: configuration.maxHeldPayloadBytes)
  }

  /// True if all that was taken has been settled; once abandoned, whether all that has ended has been. The
  /// claims of attempts that still run are left as they are: they become void, and the attempts will be
  /// repeated.
  package var isFinished: Bool {
    isDraining && (held.isEmpty || isAbandoning && endings.isEmpty && !isSettling)
  }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [DeliveryEvent], now: Moment) -> [DeliveryAction] {
    var actions: [DeliveryAction] = []
    awake.advance(to: now, planned: wakeAtMonotonicMicroseconds)
    for event in events {
      switch event {
      case .claimed(let timers): hold(timers, now, &actions)
      case .attemptEnded(let id, let outcome): attemptEnded(id, outcome, now: now)
      case .settled(let batch, let verdicts): settled(batch, verdicts, now: now, &actions)
      case .drain: isDraining = true
      case .abandon: isAbandoning = true
      case .leaseExtended(let until): leaseExpiresAt = until
      }
    }
    known.forget(now)
    if isDraining { releaseAllThatWait(now) }
    admitDue(now, &actions)
    fillPlaces(now, &actions)
    let isReviewing = reviewOrigins(now)
    sendAside(isReviewing: isReviewing, now)
    recall(now, &actions)
    startSettle(now, &actions)
    wakeAtMonotonicMicroseconds = nextWake(now)
    return actions
  }

  private mutating func hold(_ timers: [ClaimedTimer], _ now: Moment, _ actions: inout [DeliveryAction]) {
    var notTaken = DeliveryCapacity(timers: 0, payloadBytes: 0)
    for claimed in timers where !hold(claimed, now) {
      notTaken += DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes)
    }
    if notTaken.timers > 0 { actions.append(.grant(notTaken)) }
  }

  /// Takes a claimed timer. Returns true if the timer keeps the capacity that the scheduler was granted for
  /// it.
  private mutating func hold(_ claimed: ClaimedTimer, _ now: Moment) -> Bool {
    guard known.insert(claimed.timer.fence) else { return false }
    let destination = claimed.timer.definition.destination
    let hasKafkaPlace = destination.isKafka && kafka.take(claimed.payloadBytes)
    let origin = destination.originName
    let id = held.insert(claimed, origin: origin, hasKafkaPlace: hasKafkaPlace)
    if !aside.isEmpty, claimed.timer.attempts.last?.result == .released {
      aside.remove(claimed.timer.key, of: destination.isKafka ? KafkaPlaces.origin : origin)
    }
    if destination.isKafka, !hasKafkaPlace {
      stepAside(id, for: kafka.deferral(now), .kafkaFull, now)
    } else {
      early.insert(Early(startsAt: claimed.timer.startsAt, id: id))
    }
    return !hasKafkaPlace
  }

  private func nextWake(_ now: Moment) -> Int64 {
    var wake = now.monotonicMicroseconds(after: .milliseconds(250))
    if held.isEmpty { wake = .max }
    if let next = early.min { wake = min(wake, now.monotonicMicroseconds(at: next.startsAt)) }
    if !origins.isEmpty || !aside.isEmpty { wake = min(wake, nextReviewAt) }
    if !endings.isEmpty, !isSettling { wake = min(wake, max(settleBackoff.until, now.monotonicMicroseconds)) }
    return wake
  }
}

/// A claimed timer while Delivery holds it.
struct Held {
  let id: HeldID
  let claimed: ClaimedTimer
  let origin: String
  /// True if it takes room of Kafka's, and none of that which the scheduler was granted.
  let hasKafkaPlace: Bool
  var start: Moment?
  /// The start of its attempt on the awake clock.
  var startedAwake: Int64 = 0
  var settlement: Settlement?
  /// True if it is to be called back once it is given back.
  var isAside = false

  /// The part of the granted capacity that it takes.
  var size: DeliveryCapacity { DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes) }
}

/// A held timer whose moment has not come.
struct Early: Comparable {
  let startsAt: Timestamp
  let id: HeldID

  static func < (a: Early, b: Early) -> Bool { (a.startsAt, a.id) < (b.startsAt, b.id) }
}
