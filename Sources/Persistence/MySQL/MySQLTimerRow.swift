import Persistence
import TimerModel

/// A timer in a row of a reply, read by column.
///
/// A waiting timer has no value in the columns whose value follows from others: without `execute_at` it is `due_at`, without
/// `updated_at` it is `created_at`, without a `revision` it is 1, without `attempt` and `claim_number` these are 0.
struct MySQLTimerRow {
  private let rows: MySQLRows
  private let row: Int
  /// The place of the timer's first column in the row.
  private let base: Int

  init(_ rows: MySQLRows, _ row: Int, from base: Int) {
    self.rows = rows
    self.row = row
    self.base = base
  }

  /// The key of the timer; a part that is NULL reads as empty.
  var key: TimerKey { TimerKey(groupID: text(.groupID) ?? "", timerID: text(.timerID) ?? "") }

  /// Decodes the timer.
  ///
  /// - Throws: `StoreError` that names the timer and the column.
  func timer() throws -> Timer {
    let key = key
    let column = StoredColumn<MySQLTimerColumn>(of: key)
    let dueAt = try column.required(.dueAt, time(.dueAt))
    let createdAt = try column.required(.createdAt, time(.createdAt))
    let phase = try column.required(.phase, phase).phase
    let definition = try definition(dueAt, column)
    let past = try column.decode(.attempts, text(.attempts)) { try StoredAttempts.decode($0) }
    return Timer(
      key: key, definition: definition,
      traceContext: text(.traceparent).map { TraceContext(traceparent: $0, tracestate: text(.tracestate)) },
      revision: try column.number(.revision, integer(.revision) ?? 1, atLeast: 1),
      phase: phase, dueAt: dueAt, firingID: try column.required(.firingID, firingID(.firingID)),
      attempt: Int(try column.number(.attempt, integer(.attempt) ?? 0, atLeast: 0)),
      claimNumber: try column.number(.claimNumber, integer(.claimNumber) ?? 0, atLeast: 0),
      claim: claim, createdAt: createdAt, updatedAt: time(.updatedAt) ?? createdAt,
      firstAttemptAt: time(.firstAttemptAt), executedAt: time(.executedAt),
      attempts: past?.attempts ?? [], createdBy: text(.creator).flatMap { KafkaCoordinates($0) },
      requestedExecuteAt: time(.askedAt))
  }

  private func definition(
    _ dueAt: Timestamp, _ column: StoredColumn<MySQLTimerColumn>
  ) throws -> TimerDefinition {
    let destination = try column.decode(.destination, text(.destination)) {
      try StoredDestination.decode($0)
    }
    return TimerDefinition(
      executeAt: time(.executeAt) ?? dueAt,
      destination: try column.required(.destination, destination), payload: bytes(.payload),
      retryPolicy: try column.decode(.retryPolicy, text(.retryPolicy)) { try StoredRetryPolicy.decode($0) },
      callbackTimeoutSeconds: try integer(.callbackTimeout).map {
        Int(try column.number(.callbackTimeout, $0, atLeast: 1))
      },
      gaps: TimerDefinition.Gaps(rawValue: Int16(truncatingIfNeeded: integer(.gaps) ?? 0)),
      tags: try column.decode(.tags, text(.tags)) { try StoredTags.decode($0) } ?? [:])
  }

  private var phase: PhaseCode? {
    integer(.phase).flatMap { Int16(exactly: $0) }.flatMap { PhaseCode(rawValue: $0) }
  }

  private var claim: Claim? {
    guard let node = text(.claimNode), let deadline = time(.claimDeadline) else { return nil }
    return Claim(node: NodeID(node), deadline: deadline)
  }

  private func place(_ column: MySQLTimerColumn) -> Int { base + column.rawValue }

  private func integer(_ column: MySQLTimerColumn) -> Int64? { rows.integer(row, place(column)) }

  private func time(_ column: MySQLTimerColumn) -> Timestamp? {
    integer(column).map { Timestamp(milliseconds: $0) }
  }

  private func text(_ column: MySQLTimerColumn) -> String? { rows.text(row, place(column)) }

  private func bytes(_ column: MySQLTimerColumn) -> [UInt8]? { rows.bytes(row, place(column)) }

  private func firingID(_ column: MySQLTimerColumn) -> FiringID? { rows.firingID(row, place(column)) }
}
