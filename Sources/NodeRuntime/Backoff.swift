package import TimerModel

/// Waits longer after each failure in a row, up to 16 times the first wait.
package struct Backoff: Sendable {
  private let first: Duration
  private var failures = 0
  /// The end of the wait.
  package private(set) var until = MonotonicInstant.distantPast

  /// Creates one that is not waiting.
  package init(first: Duration) { self.first = first }

  /// Returns true if the wait goes on.
  package func isWaiting(_ now: Moment) -> Bool { until > now.monotonic }

  /// Begins a wait, twice as long as the last one, up to 16 times the first.
  package mutating func fail(_ now: Moment) {
    until = now.monotonic + first * (1 << min(failures, 4))
    failures += 1
  }

  /// Ends the wait and starts over.
  package mutating func succeed() {
    failures = 0
    until = .distantPast
  }
}
