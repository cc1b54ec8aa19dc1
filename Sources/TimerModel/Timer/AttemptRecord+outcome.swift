// The record of an attempt is derived from its outcome and from the ending of its claim.
extension AttemptRecord {
  /// Creates the record of an attempt with its outcome, and with the ending of its claim that followed from it.
  ///
  /// - Parameters:
  ///   - claimed: the timer as it was claimed.
  ///   - startedAt: the start of the attempt, by the store's clock.
  public init(
    of claimed: ClaimedTimer, outcome: AttemptOutcome, ending: Settlement.Ending, startedAt: Timestamp,
    duration: Duration
  ) {
    self.init(
      number: claimed.timer.attempt, startedAt: startedAt,
      durationMilliseconds: duration.millisecondsRoundedUp, result: Result(outcome.kind),
      statusCode: outcome.statusCode, error: outcome.error, node: claimed.timer.claim?.node,
      nextAttemptAt: ending.retryAt, claimedAt: claimed.claimedAt, note: outcome.note)
  }

  /// The ending of the claim; nil if it was not settled, or if an older version did not record what followed.
  ///
  /// It is not stored, as the record says enough: all results but `failed` have one ending. A failed attempt is followed by a
  /// retry, which `nextAttemptAt` names, or by none. Versions that did not keep `nextAttemptAt` did not keep `node` either.
  public var ending: Settlement.Ending.Kind? {
    switch result {
    case .delivered: .delivered
    case .rescheduled: .rescheduled
    case .permanentFailure: .dead
    case .released: .released
    case .lost: nil
    case .failed: nextAttemptAt != nil ? .retry : node != nil ? .dead : nil
    }
  }
}

extension AttemptRecord.Result {
  /// Returns the result of an attempt by its outcome. A claim without an outcome was `released` or `lost`.
  public init(_ outcome: AttemptOutcome.Kind) {
    switch outcome {
    case .delivered: self = .delivered
    case .rescheduled: self = .rescheduled
    case .failed: self = .failed
    case .permanentFailure: self = .permanentFailure
    }
  }
}

extension Settlement.Ending {
  /// The start of the next attempt, where the attempt of this claim has failed.
  fileprivate var retryAt: Timestamp? {
    switch self {
    case .retry(let at): at
    case .delivered, .dead, .rescheduled, .released: nil
    }
  }
}
