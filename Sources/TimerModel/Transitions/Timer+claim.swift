/// The result of trying to claim a timer.
public enum ClaimVerdict: Hashable, Sendable {
  /// The claim is held; the timer as it stands with it.
  case claimed(Timer)
  /// It is not due before `dueAt`.
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
    loseVoidClaim(at: now)
    guard phase == .scheduled else { return .gone }
    if let held = claim { return .held(until: held.deadline) }
    guard dueAt <= through else { return .notYetDue(dueAt) }
    // Stored rows may hold any number.
    attempt = attempt.addingSaturated(1)
    claimNumber = claimNumber.addingSaturated(1)
    claim = Claim(node: node, deadline: now.lease + lease)
    return .claimed(self)
  }

  /// Forgets a claim whose lease has run out, and keeps that there was one.
  public mutating func loseVoidClaim(at now: StoreTime) {
    if let held = claim, held.deadline <= now.lease { loseClaim(of: held.node, at: now.wall) }
  }

  /// Forgets a void claim, of a node that is gone or of a lease that has run out, and keeps that there was one.
  public mutating func loseClaim(of node: NodeID, at now: Timestamp) {
    claim = nil
    keep(
      AttemptRecord(
        number: attempt, startedAt: now, durationMilliseconds: 0, result: .lost,
        error: AttemptRecord.lostText, node: node))
  }

  /// Keeps what became of a claim. Of claims that were given back one after the other the last one is kept: a receiver that is
  /// away for long must not displace what is known of attempts.
  mutating func keep(_ record: AttemptRecord) {
    if record.result == .released, attempts.last?.result == .released { attempts.removeLast() }
    attempts.append(record)
    if attempts.count > AttemptRecord.maxPerTimer {
      attempts.removeFirst(attempts.count - AttemptRecord.maxPerTimer)
    }
  }
}
