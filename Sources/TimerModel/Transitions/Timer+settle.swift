extension Timer {
  /// Ends the claim that `settlement` names, if it is still the latest one.
  ///
  /// A claim whose lease has run out may still be settled as long as nobody has claimed or changed the timer since.
  public mutating func settle(_ settlement: Settlement, at now: StoreTime) -> SettleVerdict {
    guard phase == .scheduled, claim != nil, fence == settlement.fence else { return .lost }
    claim = nil
    if let record = settlement.attempt {
      if firstAttemptAt == nil, record.isAttempt { firstAttemptAt = record.startedAt }
      appendToHistory(record)
    }
    switch settlement.ending {
    case .delivered: end(as: .delivered, settlement, at: now)
    case .dead: end(as: .dead, settlement, at: now)
    case .retry(let at): dueAt = at
    case .rescheduled(let at, let firing):
      moveExecuteAt(to: at)
      begin(firing, dueAt: at)
      updatedAt = now.wall
    case .released(let due):
      attempt = attempt.subtractingSaturated(1)
      dueAt = due
    }
    return .settled
  }

  private mutating func end(as over: Phase, _ settlement: Settlement, at now: StoreTime) {
    phase = over
    executedAt = settlement.attempt?.startedAt
    updatedAt = now.wall
  }
}
