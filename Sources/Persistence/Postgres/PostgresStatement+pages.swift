import Persistence

// Pages of timers. The index has the due time only: the last timers of a page are chosen among all that are due at the same time as they.
// In one step, with the three columns in ORDER BY, PostgreSQL sorts all that follows the cursor while its statistics say that it is little.
extension PostgresStatement {
  /// Parameters: shard, cursor (due time, group, id), last due time, limit. Rows: group, id, due time.
  static let due = PostgresStatement(
    name: "due",
    sql: """
      SELECT group_id, timer_id, due_at FROM (
        SELECT group_id, timer_id, due_at FROM timers
        WHERE \(PhaseCode.scheduledCondition) AND shard = $1::int AND due_at BETWEEN $2::bigint AND $5::bigint
          AND (due_at, group_id, timer_id) > ($2::bigint, $3::bytea, $4::bytea)
        ORDER BY due_at FETCH FIRST ($6::bigint) ROWS WITH TIES) earliest
      ORDER BY due_at, group_id, timer_id LIMIT $6::bigint
      """)

  /// Parameters: shards, due time, limit, time. Rows: group, id, due time, shard.
  static let overdue = PostgresStatement(
    name: "overdue",
    sql: """
      WITH \(clock("$4")), \(gone)
      SELECT o.group_id, o.timer_id, o.due_at, s.shard FROM unnest($1::int[]) AS s(shard), clock, gone,
        LATERAL (
          SELECT group_id, timer_id, due_at FROM (
            SELECT t.group_id, t.timer_id, t.due_at FROM timers t
            WHERE t.\(PhaseCode.scheduledCondition) AND t.shard = s.shard AND t.due_at < $2::bigint AND \(isFree)
            ORDER BY t.due_at FETCH FIRST ($3::bigint) ROWS WITH TIES) earliest
          ORDER BY due_at, group_id, timer_id LIMIT $3::bigint) o
      LIMIT $3::bigint
      """)

  /// Parameters: time, limit. What another request purges at the same time is passed over.
  static let purge = PostgresStatement(
    name: "purge",
    sql: """
      WITH purged AS (
        DELETE FROM timers WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM timers WHERE \(PhaseCode.endedCondition) AND updated_at < $1::bigint ORDER BY updated_at LIMIT $2::bigint
          FOR UPDATE SKIP LOCKED)) RETURNING group_id, timer_id, tags),
      untagged AS (
        DELETE FROM tags t USING (SELECT group_id, timer_id FROM purged WHERE tags IS NOT NULL) w
        WHERE \(hasKeyOfTag)),
      noted AS (
        INSERT INTO purges (before) SELECT $1::bigint WHERE EXISTS (SELECT 1 FROM purged)
        ON CONFLICT (only_row) DO UPDATE SET before = greatest(purges.before, excluded.before))
      SELECT 1 FROM purged
      """)
}
