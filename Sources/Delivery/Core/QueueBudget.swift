/// The budget of the transports that queue: they take many attempts at once and answer later. These attempts use no slots, so that
/// those that wait for a receiver that is away keep no other timer waiting.
package struct QueueBudget: Sendable {
  /// The maximum number of attempts in flight.
  package var maxInFlight = 50_000
  /// The maximum number of payload bytes of attempts in flight.
  package var maxPayloadBytes = 64 << 20
  /// The time-out of an attempt: an outage that is shorter costs no attempt and no order.
  package var timeout: Duration = .seconds(60)

  /// Creates a budget with the defaults of docs/configuration.md.
  package init() {}
}
