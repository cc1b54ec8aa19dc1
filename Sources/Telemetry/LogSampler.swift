import Synchronization

/// Lets the first entries of a kind through and counts the rest, for each stretch of time; a kind is an entry's message.
package final class LogSampler: Sendable {
  /// The decision about an entry.
  package enum Verdict: Hashable, Sendable {
    /// It is written; so many like it were not, before.
    case write(suppressed: Int)
    /// It is left out, and counted for the next one that is written.
    case suppress
  }

  private struct Window {
    var endsAt: Int64
    var written = 0
    var suppressed = 0
  }

  private let windows = Mutex<[String: Window]>([:])

  /// The maximum number of entries of a kind that are written in one interval.
  private static let burst = 10
  /// The length of an interval in nanoseconds.
  private static let stretch: Int64 = 10_000_000_000
  /// The maximum number of kinds that are remembered; there are fewer as long as messages name no objects.
  private static let limit = 256

  /// Creates a sampler that has seen nothing.
  package init() {}

  /// Judges an entry that comes at the given time of a clock that nothing sets back.
  package func decide(_ message: String, atNanoseconds now: Int64) -> Verdict {
    windows.withLock { windows in
      var window = windows[message] ?? Window(endsAt: now + Self.stretch)
      defer {
        if windows.count >= Self.limit, windows[message] == nil { windows.removeAll() }
        windows[message] = window
      }
      var suppressed = 0
      if window.endsAt <= now {
        suppressed = window.suppressed
        window = Window(endsAt: now + Self.stretch)
      }
      guard window.written < Self.burst else {
        window.suppressed += 1
        return .suppress
      }
      window.written += 1
      return .write(suppressed: suppressed)
    }
  }
}
