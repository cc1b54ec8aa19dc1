/// The state of a timer that clients see.
public enum TimerStatus: String, Sendable, CaseIterable {
  /// Waits for its time, or for its next attempt.
  case scheduled
  /// A node holds the claim on an attempt.
  case delivering
  /// A receiver took it.
  case delivered
  /// No attempt succeeded and none will be made.
  case dead
  /// Cancelled before an attempt could succeed; none will start.
  case cancelled
}
