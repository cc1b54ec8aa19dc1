import TimerModel

/// Says what this node may claim: what Delivery has room for, while the node's lease lasts.
struct ClaimAllowance: Sendable {
  /// Delivery's room for further timers; negative where it was overdrawn.
  private(set) var capacity = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// The time after which others may consider this node dead; a node that shares its store with no other is always alive.
  private var leaseExpiresAt = MonotonicInstant.distantFuture

  /// Returns true if there is room, and this node may claim: the claims of one that nobody knows to be alive would be void, or would
  /// wait for their leases if it died.
  func canClaim(at now: MonotonicInstant) -> Bool {
    capacity.timers > 0 && capacity.payloadBytes > 0 && now < leaseExpiresAt
  }

  /// Adds to the capacity.
  mutating func grant(_ granted: DeliveryCapacity) { capacity += granted }

  /// Takes the room of `claimed` from the capacity.
  mutating func use(for claimed: [ClaimedTimer]) {
    capacity -= DeliveryCapacity(
      timers: claimed.count, payloadBytes: claimed.reduce(0) { $0 + $1.payloadBytes })
  }

  mutating func extendLease(until time: MonotonicInstant) { leaseExpiresAt = time }
}
