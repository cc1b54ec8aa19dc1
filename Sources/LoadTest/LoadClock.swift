import Glibc
import TimerModel

/// The clocks of a load test.
enum LoadClock {
  /// Microseconds since the epoch.
  static func wallMicroseconds() -> Int64 { read(CLOCK_REALTIME) }

  /// Reads the clock that no step of the wall clock changes.
  static func monotonic() -> MonotonicInstant { MonotonicInstant(microseconds: read(CLOCK_MONOTONIC)) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
