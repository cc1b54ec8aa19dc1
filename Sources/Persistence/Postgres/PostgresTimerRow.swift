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
    t.creator, t.asked_at, t.gaps
    """

  /// As many NULLs as there are columns, for the rows of a union that have no timer.
  static let nulls = Array(repeating: "NULL", count: 25).joined(separator: ", ")

  /// The phases as numbers; the due index holds those of number 0.
  static let phases: [Timer.Phase] = [.scheduled, .delivered, .dead, .cancelled]

  static func number(of phase: Timer.Phase) -> Int16 { Int16(phases.firstIndex(of: phase) ?? 0) }

  /// The key of the timer whose columns begin at `base`.
  static func key(_ rows: PostgresRows, _ row: Int, from base: Int) -> TimerKey {
    TimerKey(groupID: rows.text(row, base) ?? "", timerID: rows.text(row, base + 1) ?? "")
  }

  /// Reads the timer whose columns begin at `base`.
  ///
  /// - Throws: `StoreError` that names the timer and the column.
  static func timer(_ rows: PostgresRows, _ row: Int, from base: Int) throws -> Timer {
    let key = key(rows, row, from: base)
    let column = StoredColumn(of: key)
    let dueAt = try column.required("due_at", time(rows, row, base + 11))
    let createdAt = try column.required("created_at", time(rows, row, base + 17))
    let phase = Int(try column.required("phase", rows.int2(row, base + 10)))
    guard phases.indices.contains(phase) else { throw column.unreadable("phase") }
    return Timer(
      key: key, definition: try definition(rows, row, from: base, dueAt, column),
      traceContext: rows.text(row, base + 7).map {
        TraceContext(traceparent: $0, tracestate: rows.text(row, base + 8))
      },
      revision: Int64(try column.number("revision", rows.int4(row, base + 9) ?? 1, atLeast: 1)),
      phase: phases[phase], dueAt: dueAt,
      firingID: try column.required("firing_id", rows.firingID(row, base + 12)),
      attempt: Int(try column.number("attempt", rows.int4(row, base + 13) ?? 0, atLeast: 0)),
      claimNumber: try column.number("claim_number", rows.int8(row, base + 14) ?? 0, atLeast: 0),
      claim: claim(rows, row, base + 15),
      createdAt: createdAt, updatedAt: time(rows, row, base + 18) ?? createdAt,
      firstAttemptAt: time(rows, row, base + 19), executedAt: time(rows, row, base + 20),
      attempts: try (rows.texts(row, base + 21) ?? []).compactMap { text in
        try column.decode("attempts", text) { try StoredAttempts.decodeOne($0) }
      },
      createdBy: rows.text(row, base + 22).flatMap { KafkaCoordinates($0) },
      requestedExecuteAt: time(rows, row, base + 23))
  }

  private static func definition(
    _ rows: PostgresRows, _ row: Int, from base: Int, _ dueAt: Timestamp, _ column: StoredColumn
  ) throws -> TimerDefinition {
    let destination = try column.decode("destination", rows.text(row, base + 3)) {
      try StoredDestination.decode($0)
    }
    return TimerDefinition(
      executeAt: time(rows, row, base + 2) ?? dueAt,
      destination: try column.required("destination", destination), payload: rows.bytes(row, base + 4),
      retryPolicy: try column.decode("retry_policy", rows.text(row, base + 5)) {
        try StoredRetryPolicy.decode($0)
      },
      callbackTimeoutSeconds: try rows.int4(row, base + 6).map {
        Int(try column.number("callback_timeout", $0, atLeast: 1))
      },
      gaps: TimerDefinition.Gaps(rawValue: rows.int2(row, base + 24) ?? 0))
  }

  private static func claim(_ rows: PostgresRows, _ row: Int, _ column: Int) -> Claim? {
    guard let node = rows.text(row, column), let deadline = time(rows, row, column + 1) else { return nil }
    return Claim(node: NodeID(node), deadline: deadline)
  }

  private static func time(_ rows: PostgresRows, _ row: Int, _ column: Int) -> Timestamp? {
    rows.int8(row, column).map { Timestamp(milliseconds: $0) }
  }
}
