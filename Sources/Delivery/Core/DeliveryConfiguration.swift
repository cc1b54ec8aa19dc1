public import TimerModel

/// What an operator can set about delivery.
public struct DeliveryConfiguration: Sendable {
  /// How many attempts may run at once.
  public var maxInFlight = 1024
  /// How many attempts may run at once to one origin, so that one hanging receiver cannot take them all.
  public var maxInFlightPerOrigin = 128
  /// How many payload bytes may be held at once.
  public var maxHeldPayloadBytes = 64 << 20
  /// How many attempts to Kafka may be under way at once, and how many payload bytes with them: room of their own, so that
  /// what waits for a broker keeps no callback waiting.
  public var maxKafkaInFlight = 50_000
  /// See `maxKafkaInFlight`.
  public var maxKafkaPayloadBytes = 64 << 20
  /// The time-out of an attempt to Kafka: an outage of the broker that is shorter costs no attempt and no order.
  public var kafkaTimeout: Duration = .seconds(60)
  /// The retry policy of timers that have none of their own.
  public var retryPolicy = RetryPolicy.standard
  /// The time-out of an attempt where the timer has none of its own.
  public var attemptTimeout: Duration = .seconds(15)
  /// Where `Retry-After` is cut.
  public var retryAfterCeiling: Duration = .seconds(3600)
  /// After which time without an answer an origin counts as silent, so that timers step aside for others which
  /// would have to wait for a place there.
  public var originPatience: Duration = .milliseconds(100)
  /// How long a timer may wait for a place at an origin that does answer.
  public var maxWait: Duration = .milliseconds(500)
  /// How long a timer that stepped aside stays away at first; doubled while its origin is silent.
  public var firstDeferral: Duration = .milliseconds(250)
  /// Where that stops growing.
  public var maxDeferral: Duration = .seconds(10)
  /// How many claims are ended by one write.
  public var settleBatch = 500
  /// How long to wait after the store could not end claims; doubled up to 16 times this.
  public var settleBackoff: Duration = .milliseconds(100)
  /// Which messages go to the outbox with a settlement; nil means none.
  public var outbox: OutboxPolicy?

  /// Makes a configuration with the defaults of docs/configuration.md.
  public init() {}

  /// How many claimed timers are held at once: those in flight, and as many that wait for their moment.
  public var maxHeld: Int { 2 * maxInFlight }
}
