import Persistence

/// The columns of a timer in the order in which they are selected; the raw value is a column's place in a row.
///
/// `shard` is not among them: statements search by it, and a timer's shard follows from its key.
enum SQLiteTimerColumn: Int32, CaseIterable, TimerColumn {
  case id, groupID, timerID, phase, dueAt, executeAt, destination, payload, retryPolicy, callbackTimeout
  case traceparent, tracestate, revision, firingHigh, firingLow, attempt, claimNumber, claimRun, claimNode
  case claimDeadline, createdAt, updatedAt, firstAttemptAt, executedAt, attempts, askedAt, gaps, tags

  var name: StaticString {
    switch self {
    case .id: "id"
    case .groupID: "group_id"
    case .timerID: "timer_id"
    case .phase: "phase"
    case .dueAt: "due_at"
    case .executeAt: "execute_at"
    case .destination: "destination"
    case .payload: "payload"
    case .retryPolicy: "retry_policy"
    case .callbackTimeout: "callback_timeout"
    case .traceparent: "traceparent"
    case .tracestate: "tracestate"
    case .revision: "revision"
    case .firingHigh: "firing_high"
    case .firingLow: "firing_low"
    case .attempt: "attempt"
    case .claimNumber: "claim_number"
    case .claimRun: "claim_run"
    case .claimNode: "claim_node"
    case .claimDeadline: "claim_deadline"
    case .createdAt: "created_at"
    case .updatedAt: "updated_at"
    case .firstAttemptAt: "first_attempt_at"
    case .executedAt: "executed_at"
    case .attempts: "attempts"
    case .askedAt: "asked_at"
    case .gaps: "gaps"
    case .tags: "tags"
    }
  }
}
