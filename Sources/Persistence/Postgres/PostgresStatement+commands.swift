// Commands: creations in one statement; the rest reads under a lock, decides with the pure transitions, and writes.
extension PostgresStatement {
  /// Parameters: keys (groups, ids), shards, times, firings, destinations, payloads, retry policies, time-outs,
  /// traceparents, tracestates, records that asked for them, time, gaps, tags.
  ///
  /// Rows: key and creation time of each timer that is new.
  static let create = PostgresStatement(
    name: "create",
    sql: """
      WITH \(clock("$13"))
      INSERT INTO timers (group_id, timer_id, shard, due_at, firing_id, destination, payload, retry_policy,
        callback_timeout, traceparent, tracestate, creator, gaps, tags, created_at)
      SELECT w.group_id, w.timer_id, w.shard, w.execute_at, w.firing_id, w.destination, w.payload,
        w.retry_policy, w.callback_timeout, w.traceparent, w.tracestate, w.creator, w.gaps, w.tags, clock.ms
      FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bigint[], $5::uuid[], $6::bytea[], $7::bytea[],
          $8::bytea[], $9::int[], $10::bytea[], $11::bytea[], $12::bytea[], $14::smallint[], $15::bytea[])
        AS w(group_id, timer_id, shard, execute_at, firing_id, destination, payload, retry_policy,
          callback_timeout, traceparent, tracestate, creator, gaps, tags), clock
      ON CONFLICT DO NOTHING RETURNING created_at, group_id, timer_id
      """)

  /// Parameters: keys (groups, ids), time. Rows: `ReadColumn`s.
  static let read = PostgresStatement(name: "read", sql: reading)

  /// The same, with the rows locked in the order of the keys.
  static let lock = PostgresStatement(name: "lock", sql: reading + " ORDER BY w.n FOR NO KEY UPDATE OF t")

  /// The columns of a row of `read` and `lock`: the position from 1, true if the claim is void or there is none, and the first one of
  /// the timer.
  enum ReadColumn: Int {
    case position, isFree, timer
  }

  private static let reading = """
    WITH \(clock("$3")), \(gone)
    SELECT w.n, \(isFree), \(PostgresTimerColumn.selected)
    FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS w(group_id, timer_id, n)
      JOIN timers t ON \(hasKey), clock, gone
    """

  /// No command leaves a timer that was executed: a redrive takes that back.
  ///
  /// Parameters: keys (groups, ids), phases, due times, times, revisions, firings, attempts, changes, starts of first
  /// attempts, destinations, payloads, retry policies, time-outs, times that were asked for, gaps, tags.
  static let rewrite = PostgresStatement(
    name: "rewrite",
    sql: """
      UPDATE timers t SET phase = w.phase, due_at = w.due_at, execute_at = w.execute_at, revision = w.revision,
        firing_id = w.firing_id, attempt = w.attempt, updated_at = w.updated_at,
        first_attempt_at = w.first_attempt_at, destination = w.destination, payload = w.payload,
        retry_policy = w.retry_policy, callback_timeout = w.callback_timeout, asked_at = w.asked_at,
        gaps = w.gaps, tags = w.tags, executed_at = NULL, claim_node = NULL, claim_deadline = NULL,
        attempts = \(attemptsAndLostClaim(at: "w.updated_at"))
      FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bigint[], $5::bigint[], $6::int[], $7::uuid[],
          $8::int[], $9::bigint[], $10::bigint[], $11::bytea[], $12::bytea[], $13::bytea[], $14::int[],
          $15::bigint[], $16::smallint[], $17::bytea[])
        AS w(group_id, timer_id, phase, due_at, execute_at, revision, firing_id, attempt, updated_at,
          first_attempt_at, destination, payload, retry_policy, callback_timeout, asked_at, gaps, tags)
      WHERE \(hasKey)
      """)
}
