import Glibc
package import TimerModel

/// The clocks of this machine, for stores that take their time from it.
package struct SystemClock: NodeClock {
  /// Creates a clock.
  package init() {}

  /// Reads both clocks.
  package func now() -> Moment {
    Moment(
      storeMicroseconds: Self.microseconds(of: CLOCK_REALTIME), monotonic: Self.monotonic())
  }

  /// Reads the monotonic clock.
  package static func monotonic() -> MonotonicInstant {
    MonotonicInstant(microseconds: microseconds(of: CLOCK_MONOTONIC))
  }

  private static func microseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
