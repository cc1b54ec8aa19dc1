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
  private var presentDeferral: Duration = .zero
  private var nextDeferral: Duration
  private var deferredAt = Int64.min

  init(_ configuration: DeliveryConfiguration) {
    limits = DeliveryCapacity(
      timers: configuration.maxKafkaInFlight, payloadBytes: configuration.maxKafkaPayloadBytes)
    firstDeferral = configuration.firstDeferral
    maxDeferral = configuration.maxDeferral
    nextDeferral = configuration.firstDeferral
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

  /// For how long a timer stays away that has found no place; longer each time, until a record arrives.
  mutating func deferral(_ now: Moment) -> Duration {
    if deferredAt != now.monotonicMicroseconds {
      deferredAt = now.monotonicMicroseconds
      presentDeferral = nextDeferral
      nextDeferral = min(nextDeferral * 2, maxDeferral)
    }
    return presentDeferral
  }

  /// Notes that a record has arrived.
  mutating func succeed() {
    nextDeferral = firstDeferral
    deferredAt = .min
  }
}
