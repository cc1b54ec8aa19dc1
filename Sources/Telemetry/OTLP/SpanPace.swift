import Glibc
import Synchronization
import TimerModel

/// Keeps what tracing costs within bounds, whatever the load: of more traces than so many per second a share is recorded.
///
/// The share follows from the second before. A trace's id decides whether it is in it, so that claim and attempts of a firing are
/// recorded together or not at all, but where the share has just changed.
final class SpanPace: Sendable {
  private struct State {
    var second: Int64 = 0
    var asked = 0
    var admitted = 0
    var share = 1.0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// Creates one for `limit` traces per second.
  init(limit: Int) { self.limit = limit }

  /// Returns true if a trace is to be recorded.
  func admits(_ trace: FiringID) -> Bool { admits(trace, atSecond: Self.second()) }

  /// The same, in the given second of a clock that nothing sets back.
  func admits(_ trace: FiringID, atSecond second: Int64) -> Bool {
    state.withLock { state in
      if second != state.second {
        let wasBusy = second == state.second + 1 && state.asked > limit
        state.share = wasBusy ? Double(limit) / Double(state.asked) : 1
        (state.second, state.asked, state.admitted) = (second, 0, 0)
      }
      state.asked += 1
      // A second that is busier than the one before it: its share is too large.
      guard state.admitted < limit, SpanSampler.isWithin(state.share, trace) else { return false }
      state.admitted += 1
      return true
    }
  }

  private static func second() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return Int64(time.tv_sec)
  }
}
