/// An instant in milliseconds since 1970-01-01T00:00:00Z, on the clock of the store.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since the epoch; negative before it.
  public var milliseconds: Int64

  /// Creates an instant from milliseconds since the epoch.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Orders by time, the earlier first.
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// The instant later by `duration`, rounded up to a whole millisecond so that nothing comes early; at most the latest there is.
  public static func + (instant: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(milliseconds: instant.milliseconds.addingSaturated(duration.millisecondsRoundedUp))
  }

  /// The instant earlier by `duration`; at least the earliest there is.
  public static func - (instant: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(milliseconds: instant.milliseconds.subtractingSaturated(duration.millisecondsRoundedUp))
  }

  /// Milliseconds from `earlier` to `later`, as far as 64 bits hold them.
  public static func millisecondsBetween(_ earlier: Timestamp, _ later: Timestamp) -> Int64 {
    later.milliseconds.subtractingSaturated(earlier.milliseconds)
  }
}
