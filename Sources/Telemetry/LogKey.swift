package import Logging
package import TimerModel

/// The names of fields in log entries: one name for one thing in the whole service.
package enum LogKey {
  /// The request that an entry is about; also in `X-Request-Id` and in problem documents.
  package static let requestID = "request_id"
  /// A timer's group, as its client named it.
  package static let groupID = "group_id"
  /// A timer's id within its group.
  package static let timerID = "timer_id"
  /// A firing; also in the `webhook-id` of its callbacks.
  package static let firingID = "firing_id"
  /// The trace that an entry belongs to (W3C Trace Context); that of a firing is its id.
  package static let traceID = "trace_id"
  /// The number of an attempt within its firing, from 1.
  package static let attempt = "attempt"
  /// The number of entries like this one that were left out before it.
  package static let suppressed = "suppressed"
  /// The description of an error.
  package static let error = "error"
}

extension Logger.Metadata {
  /// The fields that name a timer.
  package static func timer(_ key: TimerKey) -> Logger.Metadata {
    [LogKey.groupID: "\(key.groupID)", LogKey.timerID: "\(key.timerID)"]
  }
}
