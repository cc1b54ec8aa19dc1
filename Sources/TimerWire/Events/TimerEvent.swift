import JSONBytes
package import TimerModel

/// A change of a timer, for those who follow timers: a CloudEvent without the payload.
package struct TimerEvent: Hashable, Sendable {
  /// The kind of a change; the raw value is the CloudEvents attribute `type`.
  package enum Kind: String, Sendable, CaseIterable {
    /// A receiver took it.
    case fired = "dev.timerd.timer.fired"
    /// An attempt failed; there will be another.
    case retried = "dev.timerd.timer.retried"
    /// The timer was given up.
    case deadLettered = "dev.timerd.timer.dead-lettered"
    /// A client cancelled the timer.
    case cancelled = "dev.timerd.timer.cancelled"

    /// Returns the kind of event that a settlement causes; nil if no attempt was made. A cancel is not a settlement.
    package init?(_ ending: Settlement.Ending) {
      switch ending {
      case .delivered, .rescheduled: self = .fired
      case .retry: self = .retried
      case .dead: self = .deadLettered
      case .released: return nil
      }
    }
  }

  package var kind: Kind
  /// The timer that changed.
  package var key: TimerKey
  /// The time of the change.
  package var at: Timestamp
  /// The timer's revision, where it is known.
  package var revision: Int64?
  /// The firing, where there was one.
  package var firingID: FiringID?
  /// The attempt that led to it.
  package var attempt: AttemptRecord?
  /// The start of the next attempt, or of the next firing.
  package var nextAttemptAt: Timestamp?
  /// The definition of the timer, where it is known; its tags are part of the event.
  package var definition: TimerDefinition?

  /// Creates the event of a settlement of `timer`; nil if no attempt was made.
  package init?(_ settlement: Settlement, of timer: Timer, at now: Timestamp) {
    guard let kind = Kind(settlement.ending) else { return nil }
    self.kind = kind
    key = timer.key
    at = now
    revision = timer.revision
    firingID = timer.firingID
    attempt = settlement.attempt
    nextAttemptAt = settlement.nextDueAt
    definition = timer.definition
  }

  /// Creates the event of a cancel that takes effect.
  package init(_ cancel: CancelTimer, at now: Timestamp) {
    kind = .cancelled
    key = cancel.key
    at = now
    // A cancel makes no revision; which one it meets is known beforehand only if it insists on one.
    revision = cancel.ifRevision
  }

  /// The event's data as JSON.
  package var data: [UInt8] {
    var json = JSONWriter(capacity: 384)
    json.object { json in
      json.member("groupId", key.groupID)
      json.member("timerId", key.timerID)
      json.member("at", at)
      json.member("revision", revision)
      json.member("firingId", firingID?.description)
      if let attempt { Self.write(attempt, to: &json) }
      json.member("nextAttemptAt", nextAttemptAt)
      if let definition { json.tags(definition) }
    }
    return json.finish()
  }

  private static func write(_ attempt: AttemptRecord, to json: inout JSONWriter) {
    json.member("attempt", attempt.number)
    json.member("statusCode", attempt.statusCode)
    json.member("error", attempt.error)
  }
}
