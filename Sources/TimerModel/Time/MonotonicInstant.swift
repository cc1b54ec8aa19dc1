/// An instant of a node's monotonic clock, which means nothing to other nodes or after a restart.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
  /// Microseconds on the node's monotonic clock, from an arbitrary start.
  public var microseconds: Int64

  /// The earliest instant, which has always passed.
  public static let distantPast = MonotonicInstant(microseconds: .min)
  /// The latest instant, which never comes.
  public static let distantFuture = MonotonicInstant(microseconds: .max)

  /// Creates an instant from microseconds since the clock's start.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// Orders by time, the earlier first; both must be of one clock.
  @inlinable
  public static func < (a: MonotonicInstant, b: MonotonicInstant) -> Bool { a.microseconds < b.microseconds }

  /// Returns the microseconds from `earlier` to this instant, as far as 64 bits hold them.
  @inlinable
  public func microseconds(since earlier: MonotonicInstant) -> Int64 {
    microseconds.subtractingSaturated(earlier.microseconds)
  }

  /// Returns the instant later by `duration`; at most `distantFuture`.
  public static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
    MonotonicInstant(microseconds: instant.microseconds.addingSaturated(duration.microseconds))
  }

  /// Returns the instant earlier by `duration`; at least `distantPast`.
  public static func - (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
    MonotonicInstant(microseconds: instant.microseconds.subtractingSaturated(duration.microseconds))
  }

  /// Moves the instant later by `duration`; at most to `distantFuture`.
  public static func += (instant: inout MonotonicInstant, duration: Duration) { instant = instant + duration }

  /// Returns the time from `b` to `a`.
  public static func - (a: MonotonicInstant, b: MonotonicInstant) -> Duration {
    .microseconds(a.microseconds(since: b))
  }
}
