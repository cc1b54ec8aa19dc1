import Persistence
import TimerModel

// Claims and settlements: one statement and one round trip each. Lists come in the order of keys, in which rows are
// locked, so that batches which share timers wait for each other and never in a circle.
extension PostgresStatement {
  /// Parameters: keys (groups, ids), their ranks in the request, time, lease, claim-ahead, payload budget, node.
  ///
  /// Rows: `ClaimColumn`s. Rank -1 stands for the request.
  static let claim = PostgresStatement(
    name: "claim",
    sql: """
      WITH \(clock("$4")), \(gone),
      locked AS MATERIALIZED (
        SELECT w.n, w.rank, t.group_id, t.timer_id, t.phase, t.due_at, t.claim_node, t.claim_deadline,
          coalesce(octet_length(t.payload), 0) AS size
        FROM unnest($1::bytea[], $2::bytea[], $3::int[]) WITH ORDINALITY AS w(group_id, timer_id, rank, n)
          JOIN timers t ON \(hasKey)
        ORDER BY w.n FOR NO KEY UPDATE OF t),
      judged AS MATERIALIZED (
        SELECT t.*, clock.ms, CASE
            \(refusals)
            WHEN $8::bytea = ANY (gone.names) THEN \(ClaimCode.nodeIsGone) ELSE \(ClaimCode.claimed) END AS verdict
        FROM locked t, clock, gone),
      budgeted AS MATERIALIZED (
        SELECT j.*, j.verdict = \(ClaimCode.claimed) AND (
            count(*) FILTER (WHERE verdict = \(ClaimCode.claimed)) OVER earlier = 1
            OR sum(size) FILTER (WHERE verdict = \(ClaimCode.claimed)) OVER earlier <= $7::bigint) AS fits
        FROM judged j WINDOW earlier AS (ORDER BY rank ROWS UNBOUNDED PRECEDING)),
      claimed AS (
        UPDATE timers t SET attempt = \(next("t.attempt", 0, .max as Int32)),
          claim_number = \(next("t.claim_number", 0, .max as Int64)),
          claim_node = $8::bytea, claim_deadline = w.ms + $5::bigint,
          attempts = \(attemptsAndLostClaim(at: "w.ms"))
        FROM (SELECT * FROM budgeted WHERE fits ORDER BY n) w
        WHERE \(hasKey)
        RETURNING w.rank, w.ms, \(PostgresTimerColumn.selected))
      SELECT t.rank, \(ClaimCode.claimed)::smallint, t.ms, \(PostgresTimerColumn.selected) FROM claimed t
      UNION ALL
      SELECT rank, CASE verdict WHEN \(ClaimCode.claimed) THEN \(ClaimCode.overBudget) ELSE verdict END::smallint,
        CASE verdict WHEN \(ClaimCode.held) THEN claim_deadline ELSE due_at END, \(PostgresTimerColumn.nulls)
      FROM budgeted WHERE NOT fits
      UNION ALL
      SELECT -1, ($8::bytea = ANY (gone.names))::int::smallint, clock.ms, \(PostgresTimerColumn.nulls) FROM clock, gone
      """)

  /// The columns of a row of `claim`: the rank, a `ClaimCode`, an instant, and the first one of the timer. The instant is the time of
  /// the claim, the end of another claim, or the due time. Columns of a timer have values only where it was claimed.
  enum ClaimColumn: Int {
    case rank, verdict, instant, timer
  }

  /// The verdicts on a timer that no node can claim now.
  private static let refusals = """
    WHEN t.phase <> \(PhaseCode.scheduled) THEN \(ClaimCode.gone) \
    WHEN NOT \(isFree) THEN \(ClaimCode.held) \
    WHEN t.due_at > clock.ms + $6::bigint THEN \(ClaimCode.notYetDue)
    """

  /// Parameters: keys (groups, ids), firings, claim numbers, endings (`EndingCode`), due times, new firings, starts, records, time.
  ///
  /// Rows: the positions, from 1, of the settlements that took effect.
  static let settle = PostgresStatement(name: "settle", sql: "WITH \(lockedClaims) \(endingClaims)")

  /// The claims that the settlements of `settle`'s parameters are about.
  static let lockedClaims = """
    \(clock("$10")),
    locked AS MATERIALIZED (
      SELECT w.*
      FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bigint[], $5::smallint[], $6::bigint[],
          $7::uuid[], $8::bigint[], $9::bytea[])
        WITH ORDINALITY
        AS w(group_id, timer_id, firing_id, claim_number, ending, due_at, new_firing, started_at, record, n)
        JOIN timers t ON \(hasKey) AND \(hiddenPhase) = \(PhaseCode.scheduled)
          AND t.claim_node IS NOT NULL AND t.firing_id = w.firing_id AND t.claim_number = w.claim_number
      ORDER BY w.n FOR NO KEY UPDATE OF t)
    """

  /// True if the end of the claim is the end of the timer.
  private static let endsTimer = "w.ending IN (\(EndingCode.delivered), \(EndingCode.dead))"

  /// True if clients see the end of the claim as a change: of the phase or of the revision.
  private static let changesTimer =
    "w.ending IN (\(EndingCode.delivered), \(EndingCode.dead), \(EndingCode.rescheduled))"

  private static let ifRescheduled = "CASE w.ending WHEN \(EndingCode.rescheduled) THEN"

  private static let phaseAfterClaim = """
    CASE w.ending WHEN \(EndingCode.delivered) THEN \(PhaseCode.delivered) \
    WHEN \(EndingCode.dead) THEN \(PhaseCode.dead) ELSE \(PhaseCode.scheduled) END
    """

  private static let attemptAfterClaim = """
    \(ifRescheduled) 0 WHEN \(EndingCode.released) THEN greatest(t.attempt, 1) - 1 ELSE t.attempt END
    """

  static let endingClaims = """
    UPDATE timers t SET
      phase = \(phaseAfterClaim),
      due_at = coalesce(w.due_at, t.due_at),
      execute_at = CASE WHEN w.ending = \(EndingCode.rescheduled) THEN NULL WHEN w.due_at IS NULL THEN t.execute_at
        ELSE coalesce(t.execute_at, t.due_at) END,
      firing_id = coalesce(w.new_firing, t.firing_id),
      asked_at = \(ifRescheduled) coalesce(t.asked_at, t.execute_at, t.due_at) ELSE t.asked_at END,
      revision = \(ifRescheduled) \(next("t.revision", 1, .max as Int32)) ELSE t.revision END,
      attempt = \(attemptAfterClaim),
      claim_node = NULL, claim_deadline = NULL,
      updated_at = CASE WHEN \(changesTimer) THEN clock.ms ELSE t.updated_at END,
      first_attempt_at = \(ifRescheduled) NULL ELSE coalesce(t.first_attempt_at, w.started_at) END,
      executed_at = CASE WHEN \(endsTimer) THEN w.started_at ELSE t.executed_at END,
      attempts = CASE WHEN w.record IS NULL THEN t.attempts
        WHEN w.ending = \(EndingCode.released) AND \(endsReleased) THEN t.attempts[:cardinality(t.attempts) - 1] || w.record
        ELSE \(attempts(and: "w.record")) END
    FROM locked w, clock WHERE \(hasKey)
    RETURNING w.n
    """
}
