extension Timer {
  /// The timer that a creation makes.
  public init(creating command: CreateTimer, at now: Timestamp) {
    self.init(
      key: command.key, definition: command.definition, traceContext: command.traceContext, revision: 1,
      phase: .scheduled, dueAt: command.definition.executeAt, firingID: command.firingID, attempt: 0,
      claimNumber: 0, claim: nil, createdAt: now, updatedAt: now, firstAttemptAt: nil, executedAt: nil,
      attempts: [], createdBy: command.record)
  }

  /// Applies a command to the timer that its key names, if there is one.
  ///
  /// - Parameters:
  ///   - timer: the stored timer; changed only if the result says so.
  ///   - now: the store's clocks.
  public static func apply(_ command: TimerCommand, to timer: inout Timer?, at now: StoreTime)
    -> CommandResult
  {
    switch command {
    case .create(let create):
      timer?.discardExpiredClaim(at: now)
      guard let existing = timer else {
        let created = Timer(creating: create, at: now.wall)
        timer = created
        return .created(created)
      }
      return existing.matchesCreation(create) ? .repeated(existing) : .rejected(.conflict(existing))
    case .update(let update):
      timer?.recordExpiredClaim(at: now)
      return timer?.apply(update, at: now) ?? .rejected(.notFound)
    case .cancel(let cancel):
      timer?.recordExpiredClaim(at: now)
      return timer?.apply(cancel, at: now) ?? .rejected(.notFound)
    case .fire(let fire):
      timer?.recordExpiredClaim(at: now)
      return timer?.apply(fire, at: now) ?? .rejected(.notFound)
    case .redrive(let redrive):
      timer?.recordExpiredClaim(at: now)
      return timer?.apply(redrive, at: now) ?? .rejected(.notFound)
    }
  }

  /// Ends a claim whose lease has expired, without a record in the history.
  public mutating func discardExpiredClaim(at now: StoreTime) {
    if let held = claim, held.deadline <= now.lease { claim = nil }
  }

  private func matchesCreation(_ create: CreateTimer) -> Bool {
    create.definition.isEquivalent(to: requested)
  }

  private mutating func apply(_ update: UpdateTimer, at now: StoreTime) -> CommandResult {
    // A repeated update is answered like the first, so that it is safe to repeat one with an unknown outcome.
    if isMade(update) { return .unchanged(self) }
    if let expected = update.ifRevision, expected != revision {
      return .rejected(.revisionMismatch(current: revision))
    }
    guard status == .scheduled else { return .rejected(.notScheduled(status)) }
    guard !update.changes.isEmpty else { return .unchanged(self) }
    let changed = update.changes.applied(to: definition)
    if update.changes.executeAt != nil { requestedExecuteAt = nil }
    definition = changed
    begin(update.firingID, dueAt: changed.executeAt)
    updatedAt = now.wall
    return .updated(self)
  }

  /// Returns true if all that an update asks for is there already. Where the update cannot be carried out, it is enough that the client had it
  /// once: a receiver may have named another time since.
  private func isMade(_ update: UpdateTimer) -> Bool {
    guard !update.changes.isEmpty, phase != .cancelled else { return false }
    if update.changes.applied(to: definition).isEquivalent(to: definition) { return true }
    let canBeMade = status == .scheduled && update.ifRevision.map { $0 == revision } ?? true
    return !canBeMade && update.changes.applied(to: requested).isEquivalent(to: requested)
  }

  private mutating func apply(_ cancel: CancelTimer, at now: StoreTime) -> CommandResult {
    // A repeated cancel is answered like the first, so that it is safe to repeat one with an unknown outcome.
    if phase == .cancelled { return .cancelled(self) }
    if let expected = cancel.ifRevision, expected != revision {
      return .rejected(.revisionMismatch(current: revision))
    }
    guard status == .scheduled else { return .rejected(.notScheduled(status)) }
    phase = .cancelled
    updatedAt = now.wall
    return .cancelled(self)
  }

  /// Starts over with a new firing; receivers that saw the old one will not take this for a copy of it.
  mutating func begin(_ firing: FiringID, dueAt due: Timestamp) {
    firingID = firing
    startOver(dueAt: due)
  }

  /// Counts attempts from one again, and the time that the retry policy allows from the first of them. The history stays.
  mutating func startOver(dueAt due: Timestamp) {
    revision = revision.addingSaturated(1)
    dueAt = due
    attempt = 0
    firstAttemptAt = nil
    claim = nil
  }
}
