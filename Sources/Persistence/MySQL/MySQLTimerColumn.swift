import Persistence

/// The columns of a timer in the order in which every statement selects them; the raw value is a column's place among them.
///
/// `shard` is not among them: statements search by it, and a timer's shard follows from its key. Nor are the tokens, by which a
/// request recognises the rows that it has written, and the generated columns of the indexes.
enum MySQLTimerColumn: Int, CaseIterable, TimerColumn {
  case groupID, timerID, executeAt, destination, payload, retryPolicy, callbackTimeout
  case traceparent, tracestate, revision, phase, dueAt, firingID, attempt, claimNumber
  case claimNode, claimDeadline, createdAt, updatedAt, firstAttemptAt, executedAt, attempts
  case creator, askedAt, gaps, tags

  /// The list for SELECT.
  static let selected = list()

  /// The same without the payload, which settlements have no use for: NULL has its place.
  static let withoutPayload = allCases.map { $0 == .payload ? "NULL" : "\($0.name)" }.joined(separator: ", ")

  var name: StaticString {
    switch self {
    case .groupID: "group_id"
    case .timerID: "timer_id"
    case .executeAt: "execute_at"
    case .destination: "destination"
    case .payload: "payload"
    case .retryPolicy: "retry_policy"
    case .callbackTimeout: "callback_timeout"
    case .traceparent: "traceparent"
    case .tracestate: "tracestate"
    case .revision: "revision"
    case .phase: "phase"
    case .dueAt: "due_at"
    case .firingID: "firing_id"
    case .attempt: "attempt"
    case .claimNumber: "claim_number"
    case .claimNode: "claim_node"
    case .claimDeadline: "claim_deadline"
    case .createdAt: "created_at"
    case .updatedAt: "updated_at"
    case .firstAttemptAt: "first_attempt_at"
    case .executedAt: "executed_at"
    case .attempts: "attempts"
    case .creator: "creator"
    case .askedAt: "asked_at"
    case .gaps: "gaps"
    case .tags: "tags"
    }
  }
}
