// Commands that go on with the firing that a timer has.
extension Timer {
  /// Fires a scheduled timer: it is due now. One that is due already stays as it is, whatever revision the client expects, so that a
  /// repeated fire is answered like the first.
  mutating func apply(_ fire: FireTimer, at now: StoreTime) -> CommandResult {
    if status == .scheduled, dueAt <= now.wall { return .unchanged(self) }
    if let expected = fire.ifRevision, expected != revision {
      return .rejected(.revisionMismatch(current: revision))
    }
    guard status == .scheduled else { return .rejected(.notScheduled(status)) }
    revision = revision.addingSaturated(1)
    dueAt = now.wall
    // Lateness counts from this time, and no retry starts before it. A timer that waits for a retry has reached it.
    if definition.executeAt > now.wall { moveExecuteAt(to: now.wall) }
    updatedAt = now.wall
    return .updated(self)
  }

  /// Schedules a dead timer again.
  mutating func apply(_ redrive: RedriveTimer, at now: StoreTime) -> CommandResult {
    if let expected = redrive.ifRevision, expected != revision {
      return .rejected(.revisionMismatch(current: revision))
    }
    guard phase == .dead else { return .rejected(.notDead(status)) }
    definition = TimerChanges(retryPolicy: redrive.retryPolicy, gaps: redrive.gaps).applied(to: definition)
    let due = redrive.executeAt ?? now.wall
    moveExecuteAt(to: due)
    phase = .scheduled
    startOver(dueAt: due)
    executedAt = nil
    updatedAt = now.wall
    return .updated(self)
  }

  /// Sets another time than the client asked for when it created or updated the timer. Repeated creations are still compared with that one.
  mutating func moveExecuteAt(to time: Timestamp) {
    requestedExecuteAt = requestedExecuteAt ?? definition.executeAt
    definition.executeAt = time
  }
}
