import Persistence
import TimerModel

/// A timer with the row that holds it.
struct TimerRow {
  let id: Int64
  var timer: Timer
  /// The node that claimed it in an earlier run of the process, which voids the claim.
  private let claimedBefore: NodeID?

  static let columns = """
    id, group_id, timer_id, phase, due_at, execute_at, destination, payload, retry_policy, callback_timeout, \
    traceparent, tracestate, revision, firing_high, firing_low, attempt, claim_number, claim_run, claim_node, \
    claim_deadline, created_at, updated_at, first_attempt_at, executed_at, attempts, asked_at, gaps
    """

  /// The phases as numbers; the due index holds those of number 0.
  static let phases: [Timer.Phase] = [.scheduled, .delivered, .dead, .cancelled]

  static func number(of phase: Timer.Phase) -> Int { phases.firstIndex(of: phase) ?? 0 }

  /// Returns the timer for a change: the end of a claim of an earlier run is in its history.
  func expiringEarlierClaim(at now: StoreTime) -> Timer {
    var expired = timer
    if let claimedBefore { expired.recordLostClaim(of: claimedBefore, at: now.wall) }
    return expired
  }

  /// Decodes a row of `columns`; a claim made by an earlier run of the process is void.
  ///
  /// - Throws: `StoreError` that names the timer and the column.
  init(_ row: SteppedRow, run: Int64) throws {
    let key = TimerKey(groupID: row.text(1), timerID: row.text(2))
    let column = StoredColumn(of: key)
    let isThisRuns = row.optionalInt64(17) == run
    let claimNode = row.optionalText(18).map { NodeID($0) }
    let past = try column.decode("attempts", row.optionalText(24)) { try StoredAttempts.decode($0) }
    id = row.int64(0)
    claimedBefore = isThisRuns ? nil : claimNode
    let phase = try column.required("phase", row.integer(3))
    timer = Timer(
      key: key, definition: try Self.definition(row, column),
      traceContext: row.optionalText(10).map {
        TraceContext(traceparent: $0, tracestate: row.optionalText(11))
      },
      revision: try column.number("revision", row.integer(12) ?? 0, atLeast: 1),
      phase: try column.required("phase", Int(exactly: phase).flatMap { Self.phase($0) }),
      dueAt: try Self.time("due_at", row, 4, column),
      firingID: FiringID(
        high: UInt64(bitPattern: try column.required("firing_high", row.integer(13))),
        low: UInt64(bitPattern: try column.required("firing_low", row.integer(14)))),
      attempt: try column.number("attempt", row.integer(15).map { Int($0) } ?? -1, atLeast: 0),
      claimNumber: try column.number("claim_number", row.integer(16) ?? -1, atLeast: 0),
      claim: isThisRuns
        ? try claimNode.map {
          Claim(node: $0, deadline: try Self.time("claim_deadline", row, 19, column))
        } : nil,
      createdAt: try Self.time("created_at", row, 20, column),
      updatedAt: try Self.time("updated_at", row, 21, column),
      firstAttemptAt: row.integer(22).map { Timestamp(milliseconds: $0) },
      executedAt: row.integer(23).map { Timestamp(milliseconds: $0) },
      attempts: past?.attempts ?? [], createdBy: past?.createdBy,
      requestedExecuteAt: row.integer(25).map { Timestamp(milliseconds: $0) })
  }

  private static func definition(_ row: SteppedRow, _ column: StoredColumn) throws -> TimerDefinition {
    TimerDefinition(
      executeAt: try time("execute_at", row, 5, column),
      destination: try column.required(
        "destination",
        try column.decode("destination", row.optionalText(6)) { try StoredDestination.decode($0) }),
      payload: row.optionalBytes(7),
      retryPolicy: try column.decode("retry_policy", row.optionalText(8)) {
        try StoredRetryPolicy.decode($0)
      },
      callbackTimeoutSeconds: row.isNull(9)
        ? nil : try column.number("callback_timeout", row.integer(9).map { Int($0) } ?? 0, atLeast: 1),
      gaps: TimerDefinition.Gaps(rawValue: Int16(truncatingIfNeeded: row.integer(26) ?? 0)))
  }

  private static func phase(_ number: Int) -> Timer.Phase? {
    phases.indices.contains(number) ? phases[number] : nil
  }

  private static func time(
    _ name: StaticString, _ row: SteppedRow, _ place: Int32, _ column: StoredColumn
  ) throws -> Timestamp {
    Timestamp(milliseconds: try column.required(name, row.integer(place)))
  }
}
