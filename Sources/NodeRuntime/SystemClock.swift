import Glibc
package import TimerModel

/// The clocks of this machine, its wall clock in the place of a store's.
package struct SystemClock: NodeClock {
  package init() {}

  /// Reads the wall clock, then the monotonic clock.
  package func now() -> Moment {
    Moment(storeMicroseconds: Self.wallMicroseconds(), monotonic: Self.monotonic())
  }

  /// Reads `CLOCK_MONOTONIC`, in whole microseconds.
  package static func monotonic() -> MonotonicInstant {
    MonotonicInstant(microseconds: microseconds(reading(of: CLOCK_MONOTONIC)))
  }

  /// Reads the monotonic clock, in nanoseconds since its start.
  package static func monotonicNanoseconds() -> Int64 {
    let time = reading(of: CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Reads the wall clock, in microseconds since 1970.
  package static func wallMicroseconds() -> Int64 { microseconds(reading(of: CLOCK_REALTIME)) }

  /// Reads the wall clock, in nanoseconds since 1970.
  package static func wallNanoseconds() -> UInt64 {
    let time = reading(of: CLOCK_REALTIME)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func reading(of clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }

  private static func microseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
