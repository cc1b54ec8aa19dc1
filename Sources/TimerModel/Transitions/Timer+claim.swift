/// The result of trying to claim a timer.
public enum ClaimVerdict: Hashable, Sendable {
  /// The claim is held; the timer as it stands with it.
  case claimed(Timer)
  /// It is not due before the given time.
  case notYetDue(Timestamp)
  /// Another claim is held until the given time on the store's lease clock.
  case held(until: Timestamp)
  /// There is no such timer any more, or its life is over.
  case gone
  /// The payload budget of the request was used up before it; it was left as it is.
  case overBudget
}

extension Timer {
  /// Claims the next attempt, if the timer is due by `through`.
  ///
  /// - Returns: `claimed` with the changed timer, or why not; then nothing is changed.
  public mutating func claim(
    for node: NodeID, lease: Duration, dueThrough through: Timestamp, at now: StoreTime
  ) -> ClaimVerdict {
    recordExpiredClaim(at: now)
    guard phase == .scheduled else { return .gone }
    if let held = claim { return .held(until: held.deadline) }
    guard dueAt <= through else { return .notYetDue(dueAt) }
    // Stored rows may hold any number.
    attempt = attempt.addingSaturated(1)
    claimNumber = claimNumber.addingSaturated(1)
    claim = Claim(node: node, deadline: now.lease + lease)
    return .claimed(self)
  }

  /// Ends a claim whose lease has expired, and records it in the history.
  public mutating func recordExpiredClaim(at now: StoreTime) {
    if let held = claim, held.deadline <= now.lease { recordLostClaim(of: held.node, at: now.wall) }
  }

  /// Ends the lost claim of a node that is gone or whose lease has expired, and records it in the history.
  public mutating func recordLostClaim(of node: NodeID, at now: Timestamp) {
    claim = nil
    appendToHistory(
      AttemptRecord(
        number: attempt, startedAt: now, durationMilliseconds: 0, result: .lost,
        error: AttemptRecord.lostText, node: node))
  }

  /// Appends the end of a claim to the history. Of consecutive released claims only the last one is kept: a receiver that is
  /// away for long must not displace the records of attempts.
  mutating func appendToHistory(_ record: AttemptRecord) {
    if record.result == .released, attempts.last?.result == .released { attempts.removeLast() }
    attempts.append(record)
    if attempts.count > AttemptRecord.maxPerTimer {
      attempts.removeFirst(attempts.count - AttemptRecord.maxPerTimer)
    }
  }
}
