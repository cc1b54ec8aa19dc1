import TimerModel

/// Measures the time in which this node was at work.
///
/// It stands still while the engine is stepped later than it asked for: by a pause of the process or of the machine, or for want of
/// a processor. The time that a node slept is not a receiver's silence.
struct AwakeClock: Sendable {
  /// Microseconds at work, from an arbitrary start.
  private(set) var microseconds: Int64 = 0
  private var lastStep: MonotonicInstant?

  /// The longest delay of a step that does not count as a pause: a busy machine's scheduling takes as long.
  private static let slack: Int64 = 10_000

  /// Moves on to `now`; the step was wanted at `planned` at the latest.
  mutating func advance(to now: Moment, planned: MonotonicInstant) {
    defer { lastStep = now.monotonic }
    guard let lastStep, now.monotonic > lastStep else { return }
    let passed = now.monotonic.microseconds(since: lastStep)
    let wanted = planned > lastStep ? min(planned.microseconds(since: lastStep), passed) : 0
    microseconds += min(passed, wanted + Self.slack)
  }
}
