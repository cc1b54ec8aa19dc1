import TimerModel

/// The capacity for timers whose transport queues. Slots are for the others, so that neither kind uses up the other's.
///
/// A timer that has a place in the queue starts at its due time and keeps its order, however long the receiver is away. Only timers that
/// find no free place are deferred.
struct QueueCapacity: Sendable {
  private let limits: DeliveryCapacity
  /// The maximum number of timers that are recalled at once.
  private let maxRecalled: Int
  private let firstDeferral: Duration
  private let maxDeferral: Duration
  private var used = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// The time of the first timer that found no free place; nil after an attempt was delivered.
  private var fullSince: MonotonicInstant?

  /// The name under which deferred timers are kept, in place of an origin: all destinations share the places.
  static let origin = "queue"

  init(_ configuration: DeliveryConfiguration) {
    limits = DeliveryCapacity(
      timers: configuration.queueing.maxInFlight, payloadBytes: configuration.queueing.maxPayloadBytes)
    maxRecalled = configuration.maxInFlight
    firstDeferral = configuration.firstDeferral
    maxDeferral = configuration.maxDeferral
  }

  /// Reserves a place; the first one is granted whatever the payload's size.
  mutating func reserve(_ payloadBytes: Int) -> Bool {
    guard used.timers < limits.timers else { return false }
    guard used.timers == 0 || used.payloadBytes + payloadBytes <= limits.payloadBytes else { return false }
    used += DeliveryCapacity(timers: 1, payloadBytes: payloadBytes)
    return true
  }

  mutating func release(_ payloadBytes: Int) {
    used -= DeliveryCapacity(timers: 1, payloadBytes: payloadBytes)
  }

  /// Returns the number of timers to recall when `expected` are on their way: in portions, so that many share a claim.
  func recallLimit(expected: Int) -> RecallLimit {
    let free = min(limits.timers - used.timers, maxRecalled)
    return RecallLimit(
      guaranteed: 0, maximum: expected <= free / 2 ? free - expected : 0,
      payloadBytes: max(0, limits.payloadBytes - used.payloadBytes))
  }

  /// Returns the time after which a deferred timer is due if it is not recalled: it grows as long as nothing is delivered.
  mutating func deferral(_ now: Moment) -> Duration {
    let since = fullSince ?? now.monotonic
    fullSince = since
    return min(max(firstDeferral, now.monotonic - since), maxDeferral)
  }

  /// Notes that an attempt was delivered.
  mutating func succeed() { fullSince = nil }
}
