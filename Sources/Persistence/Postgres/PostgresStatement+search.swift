import Persistence
import TimerModel

// Bounded parts of indexes. As pages of due timers do, a scan by time reads all that have the time of its last one, and they are put in
// order after that.
extension PostgresStatement {
  /// The columns of a row of a scan: the part of the index that it was read from, the key, the time by which it is ordered, true if the
  /// claim is void or there is none, and the first column of the timer, whose group is NULL where there is no such timer.
  enum ScanColumn: Int {
    case part, group, id, time, isFree, timer
  }

  /// The columns of a timer, with NULL for what a scan does not return, and the latest attempts only.
  static let scannedColumns = PostgresTimerColumn.allCases.map { column in
    switch column {
    case .payload, .retryPolicy, .traceparent, .tracestate: "NULL::bytea"
    case .attempts: "t.attempts[greatest(cardinality(t.attempts) - 4, 1):]"
    default: "t.\(column.name)"
    }
  }.joined(separator: ", ")

  // While its statistics say that the table is empty, PostgreSQL may read any index as a whole whose condition follows from that of a
  // statement (decision 0029). None of these follows from another one.

  /// The condition of the index of ended timers by group.
  static let overCondition = "phase + 0 > \(PhaseCode.scheduled)"

  /// The condition of the index of dead letters.
  static let deadCondition = "phase - \(PhaseCode.dead) = 0"

  private static func scan(part: String = "0", key: String = "t", time: String = "NULL::bigint") -> String {
    "SELECT \(part)::int, \(key).group_id, \(key).timer_id, \(time), \(isFree), \(scannedColumns)"
  }

  /// Parameters: group, first id, end of ids, limit, time.
  static let scanKeys = PostgresStatement(
    name: "scan_keys",
    sql: """
      WITH \(clock("$5")), \(gone) \(scan()) FROM (
        SELECT * FROM timers WHERE group_id = $1::bytea AND timer_id >= $2::bytea AND timer_id < $3::bytea
        ORDER BY timer_id LIMIT $4::bigint) t, clock, gone
      """)

  /// Parameters: key after which it begins (group, id), limit, time.
  static let scanAllKeys = PostgresStatement(
    name: "scan_all_keys",
    sql: """
      WITH \(clock("$4")), \(gone) \(scan()) FROM (
        SELECT * FROM timers WHERE (group_id, timer_id) > ($1::bytea, $2::bytea)
        ORDER BY group_id, timer_id LIMIT $3::bigint) t, clock, gone
      """)

  /// Parameters: tag, group, first id, end of ids, limit, time.
  static let scanTag = PostgresStatement(
    name: "scan_tag",
    sql: """
      WITH \(clock("$6")), \(gone) \(scan(key: "w")) FROM (
        SELECT group_id, timer_id FROM tags
        WHERE tag = $1::bytea AND group_id = $2::bytea AND timer_id >= $3::bytea AND timer_id < $4::bytea
        ORDER BY timer_id LIMIT $5::bigint) w LEFT JOIN timers t ON \(hasKey), clock, gone
      """)

  /// Parameters: tag, key after which it begins (group, id), limit, time.
  static let scanAllTag = PostgresStatement(
    name: "scan_all_tag",
    sql: """
      WITH \(clock("$5")), \(gone) \(scan(key: "w")) FROM (
        SELECT group_id, timer_id FROM tags
        WHERE tag = $1::bytea AND (group_id, timer_id) > ($2::bytea, $3::bytea)
        ORDER BY group_id, timer_id LIMIT $4::bigint) w LEFT JOIN timers t ON \(hasKey), clock, gone
      """)

  /// Parameters: shards, place after which it begins (time, group, id), end, limit of each shard, time.
  static func scanDue(isDescending: Bool) -> PostgresStatement {
    let condition = "\(PhaseCode.scheduledCondition) AND shard = p.part"
    return PostgresStatement(
      name: isDescending ? "scan_due_desc" : "scan_due",
      sql: """
        WITH \(clock("$7")), \(gone) \(scan(part: "p.part", time: "t.due_at"))
        FROM unnest($1::int[]) AS p(part), LATERAL (
          \(rows(where: condition, by: "due_at", from: 2, isDescending))) t, clock, gone
        """)
  }

  /// Parameters: phases, place after which it begins (time, group, id), end, limit of each phase, time, group.
  static func scanOver(isDescending: Bool) -> PostgresStatement {
    let condition = "\(overCondition) AND group_id = $8::bytea AND phase = p.part"
    return PostgresStatement(
      name: isDescending ? "scan_over_desc" : "scan_over",
      sql: """
        WITH \(clock("$7")), \(gone) \(scan(part: "p.part", time: "t.updated_at"))
        FROM unnest($1::int[]) AS p(part), LATERAL (
          \(rows(where: condition, by: "updated_at", from: 2, isDescending))) t, clock, gone
        """)
  }

  /// Parameters: place after which it begins (time, group, id), end, limit, time. Dead letters have an index of their own.
  static func scanEnded(isDead: Bool, isDescending: Bool) -> PostgresStatement {
    let condition = isDead ? deadCondition : PhaseCode.endedCondition
    return PostgresStatement(
      name: "scan_\(isDead ? "dead" : "ended")\(isDescending ? "_desc" : "")",
      sql: """
        WITH \(clock("$6")), \(gone) \(scan(time: "t.updated_at")) FROM (
          \(rows(where: condition, by: "updated_at", from: 1, isDescending))) t, clock, gone
        """)
  }

  /// The rows after a place, up to an end; the parameters for both begin with the number `first`.
  private static func rows(
    where condition: String, by time: String, from first: Int, _ isDescending: Bool
  ) -> String {
    let start = "$\(first)::bigint"
    let place = "(\(start), $\(first + 1)::bytea, $\(first + 2)::bytea)"
    let (end, limit) = ("$\(first + 3)::bigint", "$\(first + 4)::bigint")
    let range =
      isDescending
      ? "\(time) <= \(start) AND (\(time), group_id, timer_id) < \(place) AND \(time) >= \(end)"
      : "\(time) >= \(start) AND (\(time), group_id, timer_id) > \(place) AND \(time) < \(end)"
    return """
      SELECT * FROM timers WHERE \(condition) AND \(range)
      ORDER BY \(time)\(isDescending ? " DESC" : "") FETCH FIRST (\(limit)) ROWS WITH TIES
      """
  }
}
