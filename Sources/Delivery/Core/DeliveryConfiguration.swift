package import TimerModel
package import TimerWire

/// The limits, waits and defaults by which timers are delivered.
package struct DeliveryConfiguration: Sendable {
  /// The maximum number of attempts in flight.
  package var maxInFlight = 1024
  /// The maximum number of attempts in flight to one origin, so that one hanging receiver cannot take them
  /// all.
  package var maxInFlightPerOrigin = 128
  /// The maximum number of payload bytes held at once.
  package var maxHeldPayloadBytes = 64 << 20
  /// The budget of attempts whose transport queues; they take nothing of the three above.
  package var queueing = QueueBudget()
  /// The retry policy of timers that have none of their own.
  package var retryPolicy = RetryPolicy.standard
  /// The time-out of an attempt that uses a slot, where the timer has none of its own.
  package var attemptTimeout: Duration = .seconds(15)
  /// The maximum delay that `Retry-After` can cause.
  package var retryAfterCeiling: Duration = .seconds(3600)
  /// The least time from the start of an attempt to the next firing that its answer asks for.
  package var minFiringInterval: Duration = .seconds(1)
  /// The time without a response after which an origin counts as stalled.
  package var originStallTimeout: Duration = .milliseconds(100)
  /// The expected wait for a slot from which on an origin that responds counts as slow.
  package var maxWait: Duration = .seconds(1)
  /// The most of a slow origin's work that is held, so that no claim runs out and cancels are rejected for moments only.
  package var maxHeldWork: Duration = .seconds(5)
  /// The stall after which no more timers are kept for an origin than it has slots, so that the others can be cancelled.
  package var longStall: Duration = .seconds(5)
  /// The minimum time after which a deferred timer is due if it is not recalled.
  package var firstDeferral: Duration = .seconds(1)
  /// The maximum for a stalled origin, and while the queue of a transport is full.
  package var maxDeferral: Duration = .seconds(10)
  /// The maximum for a slow origin: there it would wait as long.
  package var maxDeferralOfSlow: Duration = .seconds(60)
  /// The maximum number of claims that one write ends.
  package var settleBatch = 500
  /// The time for which the claim of a delivered timer waits for others that are ended with it.
  package var settleGathering: Duration = .milliseconds(10)
  /// The wait after the store failed to end claims; doubled up to 16 times.
  package var settleBackoff: Duration = .milliseconds(100)
  /// Selects the messages that go to the outbox with a settlement; nil means none.
  package var outbox: OutboxPolicy?

  /// Creates a configuration with the defaults of docs/configuration.md.
  package init() {}

  /// The most claimed timers that are held at once: those in flight, twice as many that wait for a slot, and as many that wait for
  /// their moment or for their settlement.
  package var maxHeld: Int { 4 * maxInFlight }

  /// The capacity for timers that wait for stalled or slow origins.
  var waitingCapacity: DeliveryCapacity {
    DeliveryCapacity(timers: 2 * maxInFlight, payloadBytes: maxHeldPayloadBytes / 8)
  }

  /// The attempts that may run at origins that do not respond, so that the others have slots left; one of them may have its full
  /// share.
  var maxUnresponsive: DeliveryCapacity {
    DeliveryCapacity(
      timers: max(maxInFlight / 2, maxInFlightPerOrigin), payloadBytes: maxHeldPayloadBytes / 2)
  }
}
