public import Logging
public import TimerModel

/// The names of fields in log entries: one name for one thing in the whole service.
public enum LogKey {
  /// The request that an entry is about; also in `X-Request-Id` and in problem documents.
  public static let requestID = "request_id"
  /// A timer's group.
  public static let groupID = "group_id"
  /// A timer's id within its group.
  public static let timerID = "timer_id"
  /// A firing; also in the `webhook-id` of its callbacks.
  public static let firingID = "firing_id"
  /// The trace that an entry belongs to (W3C Trace Context); that of a firing is its id.
  public static let traceID = "trace_id"
  /// The number of an attempt.
  public static let attempt = "attempt"
  /// The number of entries like this one that were left out before it.
  public static let suppressed = "suppressed"
  /// The description of an error.
  public static let error = "error"
}

extension Logger.Metadata {
  /// The fields that name a timer.
  public static func timer(_ key: TimerKey) -> Logger.Metadata {
    [LogKey.groupID: "\(key.groupID)", LogKey.timerID: "\(key.timerID)"]
  }
}
