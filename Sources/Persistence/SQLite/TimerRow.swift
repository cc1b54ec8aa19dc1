import Persistence
import TimerModel

/// A timer with the row that holds it.
struct TimerRow {
  let id: Int64
  var timer: Timer
  /// The node that claimed it in an earlier run of the process, which voids the claim.
  private let claimedBefore: NodeID?

  /// Returns the timer for a change: the end of a claim of an earlier run is in its history.
  func expiringEarlierClaim(at now: StoreTime) -> Timer {
    var expired = timer
    if let claimedBefore { expired.recordLostClaim(of: claimedBefore, at: now.wall) }
    return expired
  }

  /// Decodes a row of `SQLiteTimerColumn`s; a claim made by an earlier run of the process is void.
  ///
  /// - Throws: `StoreError` that names the timer and the column.
  init(_ row: SteppedRow, run: Int64) throws {
    let key = TimerKey(groupID: row.text(.groupID), timerID: row.text(.timerID))
    let column = StoredColumn<SQLiteTimerColumn>(of: key)
    let isThisRuns = row.optionalInt64(.claimRun) == run
    let claimNode = row.optionalText(.claimNode).map { NodeID($0) }
    let past = try column.decode(.attempts, row.optionalText(.attempts)) { try StoredAttempts.decode($0) }
    id = row.int64(.id)
    claimedBefore = isThisRuns ? nil : claimNode
    let phase = try column.required(.phase, row.integer(.phase))
    let definition = try Self.definition(row, column)
    timer = Timer(
      key: key, definition: definition,
      traceContext: row.optionalText(.traceparent).map {
        TraceContext(traceparent: $0, tracestate: row.optionalText(.tracestate))
      },
      revision: try column.number(.revision, row.integer(.revision) ?? 0, atLeast: 1),
      phase: try column.required(.phase, Self.phase(phase)),
      dueAt: try Self.time(.dueAt, row, column),
      firingID: FiringID(
        high: UInt64(bitPattern: try column.required(.firingHigh, row.integer(.firingHigh))),
        low: UInt64(bitPattern: try column.required(.firingLow, row.integer(.firingLow)))),
      attempt: try column.number(.attempt, row.integer(.attempt).map { Int($0) } ?? -1, atLeast: 0),
      claimNumber: try column.number(.claimNumber, row.integer(.claimNumber) ?? -1, atLeast: 0),
      claim: isThisRuns
        ? try claimNode.map { Claim(node: $0, deadline: try Self.time(.claimDeadline, row, column)) } : nil,
      createdAt: try Self.time(.createdAt, row, column),
      updatedAt: try Self.time(.updatedAt, row, column),
      firstAttemptAt: row.integer(.firstAttemptAt).map { Timestamp(milliseconds: $0) },
      executedAt: row.integer(.executedAt).map { Timestamp(milliseconds: $0) },
      attempts: past?.attempts ?? [], createdBy: past?.createdBy,
      requestedExecuteAt: row.integer(.askedAt).map { Timestamp(milliseconds: $0) })
  }

  private static func definition(
    _ row: SteppedRow, _ column: StoredColumn<SQLiteTimerColumn>
  ) throws -> TimerDefinition {
    TimerDefinition(
      executeAt: try time(.executeAt, row, column),
      destination: try column.required(
        .destination,
        try column.decode(.destination, row.optionalText(.destination)) { try StoredDestination.decode($0) }),
      payload: row.optionalBytes(.payload),
      retryPolicy: try column.decode(.retryPolicy, row.optionalText(.retryPolicy)) {
        try StoredRetryPolicy.decode($0)
      },
      callbackTimeoutSeconds: row.isNull(.callbackTimeout)
        ? nil
        : try column.number(
          .callbackTimeout, row.integer(.callbackTimeout).map { Int($0) } ?? 0, atLeast: 1),
      gaps: TimerDefinition.Gaps(rawValue: Int16(truncatingIfNeeded: row.integer(.gaps) ?? 0)),
      tags: try column.decode(.tags, row.optionalText(.tags)) { try StoredTags.decode($0) } ?? [:])
  }

  private static func phase(_ number: Int64) -> Timer.Phase? {
    Int16(exactly: number).flatMap { PhaseCode(rawValue: $0) }?.phase
  }

  private static func time(
    _ place: SQLiteTimerColumn, _ row: SteppedRow, _ column: StoredColumn<SQLiteTimerColumn>
  ) throws -> Timestamp {
    Timestamp(milliseconds: try column.required(place, row.integer(place)))
  }
}
