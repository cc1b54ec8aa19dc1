import TimerModel

/// The room for what goes to Kafka, apart from that for callbacks, so that neither takes the other's.
///
/// A timer that has a place starts in its moment and keeps its order, however long the broker is away: nobody steps aside
/// but those that come when all places are taken.
struct KafkaPlaces: Sendable {
  private let limits: DeliveryCapacity
  private let firstDeferral: Duration
  private let maxDeferral: Duration
  private var used = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// The time of the first timer that found no place, on the monotonic clock; nil after a record has arrived.
  private var fullSince: Int64?

  /// The name under which all that found no place is remembered: topics share the places.
  static let origin = "kafka:"

  init(_ configuration: DeliveryConfiguration) {
    limits = DeliveryCapacity(
      timers: configuration.maxKafkaInFlight, payloadBytes: configuration.maxKafkaPayloadBytes)
    firstDeferral = configuration.firstDeferral
    maxDeferral = configuration.maxDeferral
  }

  /// Takes a place; the first one is there whatever the payload's size.
  mutating func take(_ payloadBytes: Int) -> Bool {
    guard used.timers < limits.timers else { return false }
    guard used.timers == 0 || used.payloadBytes + payloadBytes <= limits.payloadBytes else { return false }
    used += DeliveryCapacity(timers: 1, payloadBytes: payloadBytes)
    return true
  }

  mutating func giveBack(_ payloadBytes: Int) {
    used -= DeliveryCapacity(timers: 1, payloadBytes: payloadBytes)
  }

  /// The room that is left.
  var free: DeliveryCapacity {
    DeliveryCapacity(
      timers: limits.timers - used.timers, payloadBytes: max(0, limits.payloadBytes - used.payloadBytes))
  }

  /// Returns the time for which a timer stays away that has found no place and is not called back: as long as no record has arrived.
  mutating func deferral(_ now: Moment) -> Duration {
    let since = fullSince ?? now.monotonicMicroseconds
    fullSince = since
    return min(max(firstDeferral, .microseconds(now.monotonicMicroseconds - since)), maxDeferral)
  }

  /// Notes that a record has arrived.
  mutating func succeed() { fullSince = nil }
}
