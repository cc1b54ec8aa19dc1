package import TimerModel

/// The values of a label: a closed list, so that nothing that users name can become a time series.
package protocol MetricLabel: CaseIterable, Hashable, Sendable, RawRepresentable where RawValue == String {
  /// The label's name, as metrics are shown with it.
  static var labelName: String { get }
}

/// The source of a command.
package enum CommandOrigin: String, MetricLabel {
  case http, kafka

  package static let labelName = "source"
}

/// The reason why a command was rejected.
package enum RejectionReason: String, MetricLabel {
  case notFound = "not_found"
  case conflict
  case revisionMismatch = "revision_mismatch"
  case notScheduled = "not_scheduled"
  case notDead = "not_dead"
  case storeFailed = "store_failed"
  case invalid

  package static let labelName = "reason"
}

/// The transport of an attempt.
package enum TransportLabel: String, MetricLabel {
  case http, kafka

  package static let labelName = "transport"

  /// The transport of a destination.
  package init(_ destination: Destination) {
    switch destination {
    case .http: self = .http
    case .kafka: self = .kafka
    }
  }
}

/// The outcome of an attempt.
package enum OutcomeLabel: String, MetricLabel {
  case delivered, rescheduled, failed
  case permanentFailure = "refused"

  package static let labelName = "outcome"
}

/// The class of an answer's status; `none` if no answer came or the transport has none.
package enum ResponseClass: String, MetricLabel {
  case informational = "1xx"
  case success = "2xx"
  case redirection = "3xx"
  case clientError = "4xx"
  case serverError = "5xx"
  case none

  package static let labelName = "class"

  /// The class of a status code; `none` for nil and outside of 100 to 599.
  package init(status: Int?) {
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
package enum AttemptOrder: String, MetricLabel {
  case first, later

  package static let labelName = "attempt"
}

/// The reason why a timer became a dead letter.
package enum DeadLetterReason: String, MetricLabel {
  case attemptsUsedUp = "attempts_used_up"
  case permanentFailure = "refused"

  package static let labelName = "reason"
}

/// The reason why a timer was not claimed.
package enum UnclaimedReason: String, MetricLabel {
  case gone, held
  case notYetDue = "not_yet_due"
  case overBudget = "over_budget"

  package static let labelName = "reason"
}

/// An operation of the near-term index.
package enum IndexOperation: String, MetricLabel {
  case add, due, remove, count

  package static let labelName = "operation"
}

/// An operation of a store or of one of its optional powers.
package enum StoreOperation: String, MetricLabel {
  case time, apply, timers, claim, settle, due, overdue, purge, leases, heartbeat, retire, nodes
  case acquireLeases = "acquire_leases"
  case renewLeases = "renew_leases"
  case releaseLeases = "release_leases"
  case applyLog = "apply_log"
  case offsets, outbox, scan, groups
  case phaseCounts = "phase_counts"
  case removeFromOutbox = "remove_from_outbox"
  case outboxCount = "outbox_count"

  package static let labelName = "operation"
}

/// Something bounded that waits for something.
package enum QueueName: String, MetricLabel {
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
  /// Records of commands that wait for the store; at their bound no more are fetched, none is dropped.
  case records

  package static let labelName = "queue"
}

/// Connections to a store that are used for the same.
package enum PoolName: String, MetricLabel {
  /// Commands, claims and settlements.
  case work
  /// Lists and counts.
  case search
  /// Everything else: reads, leases, heartbeats, the outbox and purges.
  case upkeep

  package static let labelName = "pool"
}

/// The kind of a request.
package enum RequestKind: String, MetricLabel {
  case create, batchCreate = "batch_create", batchGet = "batch_get", batchCancel = "batch_cancel", get,
    update, cancel, fire, redrive, list, count, groups, attempts, health, metrics, other

  package static let labelName = "operation"
}

/// The class of an answer of the API.
package enum StatusClass: String, MetricLabel {
  case success = "2xx"
  case clientError = "4xx"
  case serverError = "5xx"

  package static let labelName = "status"

  /// The class of a status; the API knows no others.
  package init(_ status: Int) { self = status < 400 ? .success : status < 500 ? .clientError : .serverError }
}

/// The reason why a span was not exported.
package enum DroppedSpan: String, MetricLabel {
  case queueFull = "queue_full"
  case exportFailed = "export_failed"

  package static let labelName = "reason"
}
