import Persistence
import TimerModel

/// The columns of a timer, and how they are read.
///
/// A waiting timer has no value in the columns whose value follows from others: without `execute_at` it is `due_at`, without
/// `updated_at` it is `created_at`, without a `revision` it is 1, without `attempt` and `claim_number` these are 0.
enum PostgresTimerRow {
  static let columns = """
    t.group_id, t.timer_id, t.execute_at, t.destination, t.payload, t.retry_policy, t.callback_timeout, \
    t.traceparent, t.tracestate, t.revision, t.phase, t.due_at, t.firing_id, t.attempt, t.claim_number, \
    t.claim_node, t.claim_deadline, t.created_at, t.updated_at, t.first_attempt_at, t.executed_at, t.attempts, \
    t.creator
    """

  /// As many NULLs as there are columns, for the rows of a union that have no timer.
  static let nulls = Array(repeating: "NULL", count: 23).joined(separator: ", ")

  /// The phases as numbers; the due index holds those of number 0.
  static let phases: [Timer.Phase] = [.scheduled, .delivered, .dead, .cancelled]

  static func number(of phase: Timer.Phase) -> Int16 { Int16(phases.firstIndex(of: phase) ?? 0) }

  /// Reads the timer whose columns begin at `base`.
  static func timer(_ rows: PostgresRows, _ row: Int, from base: Int) throws -> Timer {
    guard let group = rows.text(row, base), let id = rows.text(row, base + 1),
      let destination = rows.text(row, base + 3),
      let phase = rows.int2(row, base + 10), phases.indices.contains(Int(phase)),
      let dueAt = time(rows, row, base + 11), let firingID = rows.firingID(row, base + 12),
      let createdAt = time(rows, row, base + 17)
    else {
      throw StoreError(code: .incompatible, message: "a stored timer is unreadable", isRetriable: false)
    }
    return Timer(
      key: TimerKey(groupID: group, timerID: id),
      definition: TimerDefinition(
        executeAt: time(rows, row, base + 2) ?? dueAt, destination: try StoredDestination.decode(destination),
        payload: rows.bytes(row, base + 4),
        retryPolicy: try rows.text(row, base + 5).map { try StoredRetryPolicy.decode($0) },
        callbackTimeoutSeconds: rows.int4(row, base + 6).map { Int($0) }),
      traceContext: rows.text(row, base + 7).map {
        TraceContext(traceparent: $0, tracestate: rows.text(row, base + 8))
      },
      revision: Int64(rows.int4(row, base + 9) ?? 1), phase: phases[Int(phase)], dueAt: dueAt,
      firingID: firingID,
      attempt: Int(rows.int4(row, base + 13) ?? 0), claimNumber: rows.int8(row, base + 14) ?? 0,
      claim: claim(rows, row, base + 15),
      createdAt: createdAt, updatedAt: time(rows, row, base + 18) ?? createdAt,
      firstAttemptAt: time(rows, row, base + 19), executedAt: time(rows, row, base + 20),
      attempts: try (rows.texts(row, base + 21) ?? []).map { try StoredAttempts.decodeOne($0) },
      createdBy: rows.text(row, base + 22).flatMap { RecordPlace($0) })
  }

  private static func claim(_ rows: PostgresRows, _ row: Int, _ column: Int) -> Claim? {
    guard let node = rows.text(row, column), let deadline = time(rows, row, column + 1) else { return nil }
    return Claim(node: NodeID(node), deadline: deadline)
  }

  private static func time(_ rows: PostgresRows, _ row: Int, _ column: Int) -> Timestamp? {
    rows.int8(row, column).map { Timestamp(milliseconds: $0) }
  }
}
