/// A timer: what was asked for and how far it has come.
public struct Timer: Hashable, Sendable {
  /// The phase of a timer as the store holds it; `delivering` is `scheduled` with a claim.
  public enum Phase: String, Sendable, CaseIterable {
    /// It waits for its next attempt, or has one in progress.
    case scheduled
    /// A receiver took it.
    case delivered
    /// No attempt succeeded and none will be made.
    case dead
    /// It was cancelled before an attempt could succeed.
    case cancelled
  }

  /// The timer's identity, which never changes.
  public var key: TimerKey
  /// The definition that the client asked for, except for a time that a receiver, a fire or a redrive has set since.
  public var definition: TimerDefinition
  /// The time that a creation or an update asked for last, where a receiver, a fire or a redrive has set another since; nil elsewhere.
  public var requestedExecuteAt: Timestamp?
  /// The trace of the request that created it.
  public var traceContext: TraceContext?
  /// Counts the client-visible changes, from 1.
  public var revision: Int64
  /// The phase that is stored; `status` tells `delivering` apart.
  public var phase: Phase
  /// The start of the next attempt.
  public var dueAt: Timestamp
  /// The firing that is in progress or comes next.
  public var firingID: FiringID
  /// The number of attempts of this firing that have been started; after a redrive, of those since.
  public var attempt: Int
  /// The number of times it was claimed in its life.
  public var claimNumber: Int64
  /// The claim that is held; nil also where a claim is void.
  public var claim: Claim?
  /// The time of its creation.
  public var createdAt: Timestamp
  /// The time of the last change of its definition or phase.
  public var updatedAt: Timestamp
  /// The start of the first settled attempt of this firing; after a redrive, of those since.
  public var firstAttemptAt: Timestamp?
  /// The start of the attempt that ended the timer.
  public var executedAt: Timestamp?
  /// The ends of its claims, the oldest first; of more than `AttemptRecord.maxPerTimer` the latest.
  public var attempts: [AttemptRecord]
  /// The record that asked for it; nil if a request did.
  public var createdBy: KafkaCoordinates?

  /// Creates a timer from its stored parts.
  public init(
    key: TimerKey, definition: TimerDefinition, traceContext: TraceContext?, revision: Int64, phase: Phase,
    dueAt: Timestamp, firingID: FiringID, attempt: Int, claimNumber: Int64, claim: Claim?,
    createdAt: Timestamp, updatedAt: Timestamp, firstAttemptAt: Timestamp?, executedAt: Timestamp?,
    attempts: [AttemptRecord], createdBy: KafkaCoordinates? = nil, requestedExecuteAt: Timestamp? = nil
  ) {
    self.requestedExecuteAt = requestedExecuteAt
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

  /// The definition that the client asked for, whatever happened since.
  public var requested: TimerDefinition {
    var requested = definition
    if let requestedExecuteAt { requested.executeAt = requestedExecuteAt }
    return requested
  }

  /// The state that clients see.
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
