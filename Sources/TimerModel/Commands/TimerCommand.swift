/// A validated request to change a timer, from HTTP or Kafka.
public enum TimerCommand: Hashable, Sendable {
  /// Creates a timer, unless there is one with the same key.
  case create(CreateTimer)
  /// Changes fields of a scheduled timer.
  case update(UpdateTimer)
  /// Cancels a scheduled timer; repeating it changes nothing.
  case cancel(CancelTimer)
  /// Fires a scheduled timer at once.
  case fire(FireTimer)
  /// Schedules a dead timer again.
  case redrive(RedriveTimer)

  /// The timer that the command names; it need not exist.
  public var key: TimerKey {
    switch self {
    case .create(let create): create.key
    case .update(let update): update.key
    case .cancel(let cancel): cancel.key
    case .fire(let fire): fire.key
    case .redrive(let redrive): redrive.key
    }
  }
}

/// Creates a timer. Repeating it with the same definition changes nothing.
public struct CreateTimer: Hashable, Sendable {
  /// The identity of the new timer; if other content has it already, the result is a conflict.
  public var key: TimerKey
  /// The timer that is asked for, with the service's own values in its `gaps`.
  public var definition: TimerDefinition
  /// The trace of the request or record that asks for it; nil if there is none.
  public var traceContext: TraceContext?
  /// The id of the first firing, if the timer is indeed new.
  public var firingID: FiringID
  /// The record that asks for it; nil if a request does.
  public var record: KafkaCoordinates?

  /// Creates a command; draws the id of the firing unless it is given.
  @inlinable
  public init(
    key: TimerKey, definition: TimerDefinition, traceContext: TraceContext? = nil,
    firingID: FiringID = .random(), record: KafkaCoordinates? = nil
  ) {
    self.key = key
    self.definition = definition
    self.traceContext = traceContext
    self.firingID = firingID
    self.record = record
  }
}

/// Changes the given fields of a scheduled timer and begins a new firing.
public struct UpdateTimer: Hashable, Sendable {
  /// The timer to change; if there is none, the command is rejected as `notFound`.
  public var key: TimerKey
  /// The fields to set; if there are none, the timer stays as it is.
  public var changes: TimerChanges
  /// The revision that the client has seen; nil to change whatever is there.
  public var ifRevision: Int64?
  /// The id of the firing that begins if the timer changes.
  public var firingID: FiringID

  /// Creates a command; draws the id of the firing unless it is given.
  @inlinable
  public init(
    key: TimerKey, changes: TimerChanges, ifRevision: Int64? = nil, firingID: FiringID = .random()
  ) {
    self.key = key
    self.changes = changes
    self.ifRevision = ifRevision
    self.firingID = firingID
  }
}

/// Cancels a scheduled timer. Repeating it changes nothing.
public struct CancelTimer: Hashable, Sendable {
  /// The timer to cancel; if there is none, the command is rejected as `notFound`.
  public var key: TimerKey
  /// The revision that the client has seen; nil to cancel whatever is there.
  public var ifRevision: Int64?
  /// The messages that go to the outbox with the first cancel of the timer, in stores that have an outbox.
  public var messages: [OutboxMessage]

  /// Creates a command; without `ifRevision` it cancels whatever revision there is.
  public init(key: TimerKey, ifRevision: Int64? = nil, messages: [OutboxMessage] = []) {
    self.key = key
    self.ifRevision = ifRevision
    self.messages = messages
  }
}

/// Fires a scheduled timer at once, in the firing that it has. Repeating it changes nothing as long as the timer waits for its claim.
public struct FireTimer: Hashable, Sendable {
  /// The timer to fire; if there is none, the command is rejected as `notFound`.
  public var key: TimerKey
  /// The revision that the client has seen; nil to fire whatever is there.
  public var ifRevision: Int64?

  /// Creates a command; without `ifRevision` it fires whatever revision there is.
  public init(key: TimerKey, ifRevision: Int64? = nil) {
    self.key = key
    self.ifRevision = ifRevision
  }
}

/// Schedules a dead timer again. It keeps its firing, so that receivers take a delivery for the one that they have not had, and counts its
/// attempts from one.
public struct RedriveTimer: Hashable, Sendable {
  /// The timer to redrive; if there is none, the command is rejected as `notFound`.
  public var key: TimerKey
  /// The time at which the timer is due; nil means at once.
  public var executeAt: Timestamp?
  /// A new retry policy; `.some(nil)` returns to the service's default, nil keeps the timer's.
  public var retryPolicy: RetryPolicy??
  /// The parts of the retry policy that the client left to the service.
  public var gaps: TimerDefinition.Gaps
  /// The revision that the client has seen; nil to redrive whatever is there.
  public var ifRevision: Int64?

  /// Creates a command; without a time the timer is due at once, without a policy it keeps its own.
  public init(
    key: TimerKey, executeAt: Timestamp? = nil, retryPolicy: RetryPolicy?? = nil,
    gaps: TimerDefinition.Gaps = [], ifRevision: Int64? = nil
  ) {
    self.key = key
    self.executeAt = executeAt
    self.retryPolicy = retryPolicy
    self.gaps = gaps
    self.ifRevision = ifRevision
  }
}

/// The fields of a definition that an update sets; nil leaves a field unchanged.
public struct TimerChanges: Hashable, Sendable {
  /// A new due time; one in the past means at once.
  public var executeAt: Timestamp?
  /// A new destination, which replaces the old one as a whole.
  public var destination: Destination?
  /// A new payload; `.some(nil)` removes it.
  public var payload: [UInt8]??
  /// A new retry policy; `.some(nil)` returns to the service's default.
  public var retryPolicy: RetryPolicy??
  /// A new time-out of an attempt; `.some(nil)` returns to the service's default.
  public var callbackTimeoutSeconds: Int??
  /// All tags that the timer is to have; an empty dictionary removes those that it has.
  public var tags: [String: String]?
  /// The parts of the destination and the retry policy that the client left to the service.
  public var gaps: TimerDefinition.Gaps

  /// Creates changes; a field that is left out stays as it is.
  @inlinable
  public init(
    executeAt: Timestamp? = nil, destination: Destination? = nil, payload: [UInt8]?? = nil,
    retryPolicy: RetryPolicy?? = nil, callbackTimeoutSeconds: Int?? = nil, gaps: TimerDefinition.Gaps = [],
    tags: [String: String]? = nil
  ) {
    self.gaps = gaps
    self.tags = tags
    self.executeAt = executeAt
    self.destination = destination
    self.payload = payload
    self.retryPolicy = retryPolicy
    self.callbackTimeoutSeconds = callbackTimeoutSeconds
  }

  /// True if no field is set.
  public var isEmpty: Bool { self == TimerChanges() }

  /// The definition with these changes made.
  public func applied(to definition: TimerDefinition) -> TimerDefinition {
    let replaced: TimerDefinition.Gaps = [
      destination == nil ? [] : .topic, retryPolicy == nil ? [] : .retryPolicy,
    ]
    return TimerDefinition(
      executeAt: executeAt ?? definition.executeAt,
      destination: destination ?? definition.destination,
      payload: payload ?? definition.payload,
      retryPolicy: retryPolicy ?? definition.retryPolicy,
      callbackTimeoutSeconds: callbackTimeoutSeconds ?? definition.callbackTimeoutSeconds,
      gaps: definition.gaps.subtracting(replaced).union(gaps), tags: tags ?? definition.tags)
  }
}
