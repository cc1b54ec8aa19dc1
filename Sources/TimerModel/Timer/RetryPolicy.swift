/// The limits of retries. The limit that is reached first ends the timer.
public struct RetryPolicy: Hashable, Sendable {
  /// The maximum number of attempts, including the first.
  public var maxAttempts: Int
  /// The time after the start of the first attempt within which another may start; nil means no such limit.
  public var maxAttemptsDuration: Duration?
  /// The upper bound of the delay before the second attempt.
  public var initialInterval: Duration
  /// By how much that bound grows with each further attempt; at least 1.
  public var backoffMultiplier: Double
  /// The maximum of the bound.
  public var maxInterval: Duration

  /// Creates a policy; does not check its values.
  public init(
    maxAttempts: Int, maxAttemptsDuration: Duration?, initialInterval: Duration, backoffMultiplier: Double,
    maxInterval: Duration
  ) {
    self.maxAttempts = maxAttempts
    self.maxAttemptsDuration = maxAttemptsDuration
    self.initialInterval = initialInterval
    self.backoffMultiplier = backoffMultiplier
    self.maxInterval = maxInterval
  }

  /// The policy if neither the client nor the operator sets one: 8 attempts over about five minutes.
  public static let standard = RetryPolicy(
    maxAttempts: 8, maxAttemptsDuration: .seconds(24 * 3600), initialInterval: .seconds(1),
    backoffMultiplier: 2, maxInterval: .seconds(600))

  /// The upper bound of the delay after failed attempt `attempt` (the first is 1).
  public func backoffBound(afterAttempt attempt: Int) -> Duration {
    var bound = Double(initialInterval.millisecondsRoundedUp)
    let ceiling = Double(maxInterval.millisecondsRoundedUp)
    // A loop and not pow(): the standard library has none; it ends early once the ceiling is reached.
    for _ in 1..<min(max(attempt, 1), AttemptRecord.maxPerTimer) where bound < ceiling {
      bound *= backoffMultiplier
    }
    // Stored policies may hold any number.
    return .milliseconds(Int64(saturating: max(min(bound, ceiling), 0)))
  }

  /// The delay after failed attempt `attempt`, with full jitter: uniform between zero and the bound.
  public func backoff(
    afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator
  ) -> Duration {
    .milliseconds(
      Int64.random(in: 0...backoffBound(afterAttempt: attempt).millisecondsRoundedUp, using: &generator))
  }
}
