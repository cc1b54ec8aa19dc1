import TimerModel
import TimerWire

/// The retry policy of timers that bring none.
extension SettingKey<Int> {
  static var retryMaxAttempts: Self {
    .number(
      "retry-max-attempts", default: RetryPolicy.standard.maxAttempts, in: 1...CommandLimits().maxAttempts,
      help: "Default retry policy: maximum attempts, including the first.")
  }
}

extension SettingKey<Double> {
  static var retryBackoffMultiplier: Self {
    .number(
      "retry-backoff-multiplier", default: RetryPolicy.standard.backoffMultiplier,
      in: CommandLimits().backoffMultiplier,
      help: "Default retry policy: factor by which the upper bound grows.")
  }
}

extension SettingKey<Duration> {
  private static var limits: CommandLimits { CommandLimits() }

  static var retryMaxAttemptsDuration: Self {
    .duration(
      "retry-max-attempts-duration",
      default: RetryPolicy.standard.maxAttemptsDuration ?? limits.maxAttemptsDuration.upperBound,
      in: limits.maxAttemptsDuration,
      help: "Default retry policy: maximum time from the first attempt to the last.")
  }
  static var retryInitialInterval: Self {
    .duration(
      "retry-initial-interval", default: RetryPolicy.standard.initialInterval, in: limits.interval,
      help: "Default retry policy: upper bound of the first delay.")
  }
  static var retryMaxInterval: Self {
    .duration(
      "retry-max-interval", default: RetryPolicy.standard.maxInterval, in: limits.interval,
      help: "Default retry policy: maximum of the upper bound.")
  }
}
