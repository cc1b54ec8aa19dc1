/// One reading of a node's two clocks.
///
/// What is due follows the store's clock; waits, leases and back-off follow the monotonic one.
public struct Moment: Hashable, Sendable {
  /// Microseconds since the epoch by the store's clock, as this node estimates it: never ahead of it.
  public var storeMicroseconds: Int64
  /// This node's monotonic clock.
  public var monotonic: MonotonicInstant

  /// Creates a reading of both clocks at one instant.
  public init(storeMicroseconds: Int64, monotonic: MonotonicInstant) {
    self.storeMicroseconds = storeMicroseconds
    self.monotonic = monotonic
  }

  /// The store's clock, rounded down to the millisecond.
  public var store: Timestamp {
    Timestamp(milliseconds: storeMicroseconds.dividedRoundingDown(by: 1000))
  }

  /// Returns the time on the monotonic clock at which the store's clock reaches `instant`, if neither is
  /// stepped.
  public func monotonic(at instant: Timestamp) -> MonotonicInstant {
    let untilThen = instant.milliseconds.multipliedSaturated(by: 1000).subtractingSaturated(storeMicroseconds)
    return MonotonicInstant(microseconds: monotonic.microseconds.addingSaturated(untilThen))
  }
}

/// The clocks of a node; tests step one by hand.
public protocol NodeClock: Sendable {
  /// Reads both clocks. Never blocks.
  func now() -> Moment
}

extension Int64 {
  func dividedRoundingDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
