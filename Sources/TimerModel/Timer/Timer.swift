/// A timer: what was asked for and how far it has come.
public struct Timer: Hashable, Sendable {
  /// What the store holds of the life of a timer; `delivering` is `scheduled` with a claim.
  public enum Phase: String, Sendable, CaseIterable {
    /// Not over.
    case scheduled
    /// A receiver took it.
    case delivered
    /// Given up.
    case dead
    /// Cancelled.
    case cancelled
  }

  /// Its name.
  public var key: TimerKey
  /// What the client asked for, but for a time that a receiver has named since.
  public var definition: TimerDefinition
  /// The time that the client asked for last, where a receiver has named another since; nil elsewhere.
  public var askedExecuteAt: Timestamp?
  /// The trace of the request that created it.
  public var traceContext: TraceContext?
  /// Counts the client-visible changes, from 1.
  public var revision: Int64
  /// Where it is in its life.
  public var phase: Phase
  /// When the next attempt may start.
  public var dueAt: Timestamp
  /// The firing that is under way or comes next.
  public var firingID: FiringID
  /// How many attempts of this firing have been started.
  public var attempt: Int
  /// How often it was claimed in its life.
  public var claimNumber: Int64
  /// The claim that is held; nil also where a claim is void.
  public var claim: Claim?
  /// When it was created.
  public var createdAt: Timestamp
  /// When its definition or its phase last changed.
  public var updatedAt: Timestamp
  /// When the first settled attempt of this firing started.
  public var firstAttemptAt: Timestamp?
  /// When the attempt that ended the timer started.
  public var executedAt: Timestamp?
  /// What became of its claims, the oldest first; of more than `AttemptRecord.maxPerTimer` the latest.
  public var attempts: [AttemptRecord]
  /// The record that asked for it; nil if a request did.
  public var createdBy: RecordPlace?

  /// Makes a timer from its stored parts.
  public init(
    key: TimerKey, definition: TimerDefinition, traceContext: TraceContext?, revision: Int64, phase: Phase,
    dueAt: Timestamp, firingID: FiringID, attempt: Int, claimNumber: Int64, claim: Claim?,
    createdAt: Timestamp, updatedAt: Timestamp, firstAttemptAt: Timestamp?, executedAt: Timestamp?,
    attempts: [AttemptRecord], createdBy: RecordPlace? = nil, askedExecuteAt: Timestamp? = nil
  ) {
    self.askedExecuteAt = askedExecuteAt
    self.key = key
    self.definition = definition
    self.traceContext = traceContext
    self.revision = revision
    self.phase = phase
    self.dueAt = dueAt
    self.firingID = firingID
    self.attempt = attempt
    self.claimNumber = claimNumber
    self.claim = claim
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.firstAttemptAt = firstAttemptAt
    self.executedAt = executedAt
    self.attempts = attempts
    self.createdBy = createdBy
  }

  /// What the client asked for, whatever became of it.
  public var asked: TimerDefinition {
    var asked = definition
    if let askedExecuteAt { asked.executeAt = askedExecuteAt }
    return asked
  }

  /// What clients see of its state.
  public var status: TimerStatus {
    switch phase {
    case .scheduled: claim == nil ? .scheduled : .delivering
    case .delivered: .delivered
    case .dead: .dead
    case .cancelled: .cancelled
    }
  }

  /// Start of the first attempt minus `executeAt`, in milliseconds.
  public var latenessMilliseconds: Int64? {
    firstAttemptAt.map { Timestamp.millisecondsBetween(definition.executeAt, $0) }
  }

  /// The attempts among what became of its claims.
  public var attemptsMade: [AttemptRecord] { attempts.filter(\.isAttempt) }

  /// The fence of the claim that is held, or was held last.
  public var fence: ClaimFence { ClaimFence(firingID: firingID, claimNumber: claimNumber) }
}
