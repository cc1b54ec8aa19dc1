/// The values of a label: a closed list, so that nothing that users name can become a time series.
public protocol MetricLabel: CaseIterable, Hashable, Sendable, RawRepresentable where RawValue == String {
  /// The label's name.
  static var labelName: String { get }
}

/// The source of a command.
public enum CommandOrigin: String, MetricLabel {
  case http, kafka

  /// `source`
  public static let labelName = "source"
}

/// The reason why a command was refused.
public enum RefusedCommand: String, MetricLabel {
  case notFound = "not_found"
  case conflict
  case revisionMismatch = "revision_mismatch"
  case notScheduled = "not_scheduled"
  case storeFailed = "store_failed"
  case invalid

  /// `reason`
  public static let labelName = "reason"
}

/// The transport of an attempt.
public enum Carrier: String, MetricLabel {
  case http, kafka

  /// `transport`
  public static let labelName = "transport"
}

/// The outcome of an attempt.
public enum AttemptEnd: String, MetricLabel {
  case delivered, rescheduled, failed, refused

  /// `outcome`
  public static let labelName = "outcome"
}

/// The class of an answer's status; `none` if no answer came or the transport has none.
public enum AnswerClass: String, MetricLabel {
  case informational = "1xx"
  case success = "2xx"
  case redirection = "3xx"
  case clientError = "4xx"
  case serverError = "5xx"
  case none

  /// `class`
  public static let labelName = "class"

  /// The class of a status.
  public init(status: Int?) {
    switch status ?? 0 {
    case 100..<200: self = .informational
    case 200..<300: self = .success
    case 300..<400: self = .redirection
    case 400..<500: self = .clientError
    case 500..<600: self = .serverError
    default: self = .none
    }
  }
}

/// True if an attempt is the first of its firing.
public enum AttemptOrder: String, MetricLabel {
  case first, later

  /// `attempt`
  public static let labelName = "attempt"
}

/// The reason why a timer became a dead letter.
public enum DeathReason: String, MetricLabel {
  case attemptsUsedUp = "attempts_used_up"
  case refused

  /// `reason`
  public static let labelName = "reason"
}

/// The reason why a timer was not claimed.
public enum UnclaimedReason: String, MetricLabel {
  case gone, held
  case notYetDue = "not_yet_due"
  case overBudget = "over_budget"

  /// `reason`
  public static let labelName = "reason"
}

/// An operation of the near-term index.
public enum IndexOperation: String, MetricLabel {
  case add, due, remove, count

  /// `operation`
  public static let labelName = "operation"
}

/// An operation of the store.
public enum StoreOperation: String, MetricLabel {
  case time, apply, timers, claim, settle, due, overdue, purge, leases, heartbeat, retire, nodes
  case acquireLeases = "acquire_leases"
  case renewLeases = "renew_leases"
  case releaseLeases = "release_leases"
  case applyLog = "apply_log"
  case offsets, outbox
  case removeFromOutbox = "remove_from_outbox"
  case outboxCount = "outbox_count"

  /// `operation`
  public static let labelName = "operation"
}

/// Something bounded that waits for something.
public enum QueueName: String, MetricLabel {
  /// Requests that are being worked on.
  case requests
  /// Commands that wait for their batch.
  case commands
  /// News of due timers on its way to the scheduler.
  case dueNews = "due_news"
  /// Spans that wait for their export.
  case spans
  /// Messages that wait for the broker.
  case producer
  /// Records of commands that wait for the store; at their bound no more are fetched, none is refused.
  case records

  /// `queue`
  public static let labelName = "queue"
}

/// Connections to a store that are used for the same.
public enum PoolName: String, MetricLabel {
  /// Commands, claims and settlements.
  case work
  /// All else.
  case upkeep

  /// `pool`
  public static let labelName = "pool"
}

/// The kind of a request.
public enum RequestKind: String, MetricLabel {
  case create, get, update, cancel, attempts, health, metrics, other

  /// `operation`
  public static let labelName = "operation"
}

/// The class of an answer of the API.
public enum StatusClass: String, MetricLabel {
  case success = "2xx"
  case clientError = "4xx"
  case serverError = "5xx"

  /// `status`
  public static let labelName = "status"

  /// The class of a status; the API knows no others.
  public init(_ status: Int) { self = status < 400 ? .success : status < 500 ? .clientError : .serverError }
}

/// The reason why a span was not exported.
public enum DroppedSpan: String, MetricLabel {
  case queueFull = "queue_full"
  case exportFailed = "export_failed"

  /// `reason`
  public static let labelName = "reason"
}
