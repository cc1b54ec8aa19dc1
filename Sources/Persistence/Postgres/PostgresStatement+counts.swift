import Persistence
import TimerModel

// Counts, from indexes that have all that they need.
extension PostgresStatement {
  /// The phases of ended timers in the order of the columns of a count.
  static let countedPhases: [Timer.Phase] = [.delivered, .dead, .cancelled]

  private static let endedCounts = countedPhases.map { phase in
    "count(*) FILTER (WHERE phase = \(PhaseCode(phase)))"
  }.joined(separator: ", ")

  /// Parameters: shards, limit of each index. Rows: one, with the numbers of scheduled timers and of `countedPhases`.
  static let countAll = PostgresStatement(
    name: "count_all",
    sql: """
      SELECT (SELECT count(*) FROM (
          SELECT 1 FROM timers WHERE \(PhaseCode.scheduledCondition) AND shard = ANY ($1::smallint[]) LIMIT $2::bigint) s),
        ended.*
      FROM (SELECT \(endedCounts) FROM (
        SELECT phase FROM timers WHERE \(overCondition) LIMIT $2::bigint) o) ended
      """)

  /// Parameters: group, limit of each index. Rows: one, with the numbers of all timers and of `countedPhases`.
  static let countGroup = PostgresStatement(
    name: "count_group",
    sql: """
      SELECT (SELECT count(*) FROM (SELECT 1 FROM timers WHERE group_id = $1::bytea LIMIT $2::bigint) s), ended.*
      FROM (SELECT \(endedCounts) FROM (
        SELECT phase FROM timers WHERE \(overCondition) AND group_id = $1::bytea
        ORDER BY phase LIMIT $2::bigint) o) ended
      """)

  /// Parameters: group after which it begins, limit. Rows: names; the last may be NULL. One look-up for each.
  static let groupNames = PostgresStatement(
    name: "group_names",
    sql: """
      WITH RECURSIVE names(group_id, n) AS (
        (SELECT group_id, 1 FROM timers WHERE group_id > $1::bytea ORDER BY group_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.group_id FROM timers t WHERE t.group_id > names.group_id ORDER BY t.group_id LIMIT 1), n + 1
        FROM names WHERE group_id IS NOT NULL AND n < $2::bigint)
      SELECT group_id FROM names ORDER BY n
      """)
}
