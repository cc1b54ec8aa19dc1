package import TimerModel

/// Decides what follows from an attempt's outcome.
package struct DeliveryPolicy: Sendable {
  /// The retry policy of timers that have none of their own.
  package var retryPolicy: RetryPolicy
  /// The maximum delay that `Retry-After` can cause.
  package var retryAfterCeiling: Duration
  /// The least time from the start of an attempt to the next firing that its answer asks for.
  package var minFiringInterval: Duration

  package init(
    retryPolicy: RetryPolicy, retryAfterCeiling: Duration, minFiringInterval: Duration = .seconds(1)
  ) {
    self.retryPolicy = retryPolicy
    self.retryAfterCeiling = retryAfterCeiling
    self.minFiringInterval = minFiringInterval
  }

  /// Returns the settlement of the claim whose attempt had `outcome`.
  ///
  /// - Parameters:
  ///   - claimed: the timer as it was claimed.
  ///   - random: for jitter and for the id of a new firing.
  package func settlement(
    of claimed: ClaimedTimer, outcome: AttemptOutcome, times: AttemptTimes,
    random: inout some RandomNumberGenerator
  ) -> Settlement {
    let (startedAt, now) = (times.startedAt, times.now)
    let timer = claimed.timer
    let ending: Settlement.Ending
    switch outcome.kind {
    case .delivered: ending = .delivered
    case .permanentFailure: ending = .dead
    case .rescheduled(let asked):
      // A receiver that always names a time in the past would be called as fast as it answers.
      let at = max(asked, startedAt + minFiringInterval)
      ending = .rescheduled(at: at, firingID: .random(using: &random))
    case .failed(let retryAfter):
      let retry = nextAttempt(
        of: timer, retryAfter: retryAfter, startedAt: startedAt, now: now, random: &random)
      ending = retry.map { Settlement.Ending.retry(at: $0) } ?? .dead
    }
    let record = AttemptRecord(
      of: claimed, outcome: outcome, ending: ending, startedAt: startedAt, duration: times.duration)
    return Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: record)
  }

  /// Returns the start of the next attempt; nil if the retry policy allows no other.
  private func nextAttempt(
    of timer: Timer, retryAfter: AttemptOutcome.RetryAfter?, startedAt: Timestamp, now: Timestamp,
    random: inout some RandomNumberGenerator
  ) -> Timestamp? {
    let policy = timer.definition.retryPolicy ?? retryPolicy
    guard timer.attempt < policy.maxAttempts else { return nil }
    let earliest = now + policy.backoff(afterAttempt: timer.attempt, using: &random)
    let asked = notBefore(retryAfter, now: now)
    // After a step back of the store's clock even a retry could come before its time.
    let next = max(earliest, asked, timer.definition.executeAt)
    if let limit = policy.maxAttemptsDuration, next > (timer.firstAttemptAt ?? startedAt) + limit {
      return nil
    }
    return next
  }

  /// Returns the earliest time that the receiver allows for the next attempt. It is cut at the ceiling before
  /// anything is added: the receiver may have named any number.
  private func notBefore(_ retryAfter: AttemptOutcome.RetryAfter?, now: Timestamp) -> Timestamp {
    switch retryAfter {
    case nil: now
    case .delay(let delay): now + min(max(delay, .zero), retryAfterCeiling)
    case .date(let date): min(date, now + retryAfterCeiling)
    }
  }
}

/// The times of an attempt, by the store's clock.
package struct AttemptTimes: Sendable {
  /// Its start.
  package var startedAt: Timestamp
  /// The time that it took, by the monotonic clock.
  package var duration: Duration
  /// Its end.
  package var now: Timestamp

  package init(startedAt: Timestamp, duration: Duration, now: Timestamp) {
    self.startedAt = startedAt
    self.duration = duration
    self.now = now
  }
}
