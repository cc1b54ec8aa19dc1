import NodeRuntime
import Synchronization
import TimerModel

/// Bounds the cost of tracing, whatever the load: above a limit of traces per second, it samples a share of them.
///
/// The share follows from the second before. A trace's id decides whether it is in it, so that claim and attempts of a firing are
/// recorded together or not at all, but where the share has just changed.
final class AdaptiveSampler: Sendable {
  private struct State {
    var second: Int64 = 0
    var requested = 0
    var sampled = 0
    var share = 1.0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// Creates a sampler for `limit` traces per second.
  init(limit: Int) { self.limit = limit }

  /// Returns true if a trace is to be recorded.
  func shouldSample(_ trace: FiringID) -> Bool {
    shouldSample(trace, atSecond: SystemClock.monotonic().microseconds / 1_000_000)
  }

  /// The same, in the given second of a clock that nothing sets back.
  func shouldSample(_ trace: FiringID, atSecond second: Int64) -> Bool {
    state.withLock { state in
      if second != state.second {
        let wasOverLimit = second == state.second + 1 && state.requested > limit
        state.share = wasOverLimit ? Double(limit) / Double(state.requested) : 1
        (state.second, state.requested, state.sampled) = (second, 0, 0)
      }
      state.requested += 1
      // A second that is busier than the one before it: its share is too large.
      guard state.sampled < limit, SpanSampler.isWithin(state.share, trace) else { return false }
      state.sampled += 1
      return true
    }
  }
}
