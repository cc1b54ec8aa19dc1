package import TimerModel

// The labels of what the service did, each derived from the model's word for it.
extension OutcomeLabel {
  /// Returns the label of an attempt's outcome.
  package init(_ outcome: AttemptOutcome.Kind) {
    switch outcome {
    case .delivered: self = .delivered
    case .rescheduled: self = .rescheduled
    case .failed: self = .failed
    case .permanentFailure: self = .permanentFailure
    }
  }
}

extension DeadLetterReason {
  /// Returns the reason for a dead letter by the result of its last attempt; nil is an attempt without a record.
  package init(lastResult: AttemptRecord.Result?) {
    switch lastResult {
    case .permanentFailure: self = .permanentFailure
    case .delivered, .rescheduled, .failed, .released, .lost, nil: self = .attemptsUsedUp
    }
  }
}

extension RejectionReason {
  /// Returns the reason why a valid command was rejected.
  package init(_ rejection: CommandRejection) {
    switch rejection {
    case .notFound: self = .notFound
    case .conflict: self = .conflict
    case .revisionMismatch: self = .revisionMismatch
    case .notScheduled: self = .notScheduled
    case .notDead: self = .notDead
    case .unreadable: self = .storeFailed
    }
  }
}

extension UnclaimedReason {
  /// Returns the reason why a timer was not claimed; nil if it was.
  package init?(_ verdict: ClaimVerdict) {
    switch verdict {
    case .claimed: return nil
    case .gone: self = .gone
    case .held: self = .held
    case .notYetDue: self = .notYetDue
    case .overBudget: self = .overBudget
    }
  }
}
