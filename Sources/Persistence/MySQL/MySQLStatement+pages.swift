// Pages of timers, in the order of an index that is named. Its column is NULL where a timer does not belong on such a page.
extension MySQLStatement {
  /// Parameters: shard, last due time, limit. Rows: group, id, due time.
  static let dueFirst = MySQLStatement(
    name: "due_first", sql: "\(page) due_key <= ? \(order)")

  /// Parameters: shard, last due time, cursor (due time, group, id) as due time, due time, group, due time, group, id; limit.
  ///
  /// The cursor is written as ranges: a comparison of rows would read from the first timer that is due at the cursor's time.
  static let due = MySQLStatement(
    name: "due",
    sql: """
      \(page) due_key <= ? AND (due_key > ? OR (due_key = ? AND group_id > ?)
        OR (due_key = ? AND group_id = ? AND timer_id > ?)) \(order)
      """)

  private static let page = """
    SELECT group_id, timer_id, due_key FROM timers FORCE INDEX (timers_due) WHERE shard = ? AND
    """

  private static let order = "ORDER BY due_key, group_id, timer_id LIMIT ?"

  /// Parameters: shard, due time and limit for each shard. Rows: group, id, due time, shard.
  ///
  /// - Parameter shards: the number of shards.
  static func overdue(shards: Int) -> MySQLStatement {
    let one = """
      (SELECT group_id, timer_id, due_key, shard FROM timers FORCE INDEX (timers_due)
      WHERE shard = ? AND due_key < ? AND (claim_node IS NULL OR claim_deadline <= @now
        OR claim_node IN (SELECT name FROM nodes WHERE deadline <= @now))
      \(order))
      """
    return MySQLStatement(
      name: "overdue", sql: Array(repeating: one, count: shards).joined(separator: " UNION ALL "))
  }

  /// Parameters: time, limit. Rows: the keys of the timers whose life ended before, the earliest first.
  static let ended = MySQLStatement(
    name: "ended",
    sql: """
      SELECT group_id, timer_id FROM timers FORCE INDEX (timers_ended) WHERE ended_key < ? ORDER BY ended_key LIMIT ?
      """)

  /// Parameters: keys, time. Rows: the keys of those that still are timers whose life ended before, locked in their order, and whether
  /// each has tags (not zero).
  static let lockEnded = MySQLStatement(
    name: "lock_ended",
    sql: """
      SELECT group_id, timer_id, tags IS NOT NULL FROM timers \(byKeys) AND ended_key < ?
      ORDER BY group_id, timer_id FOR UPDATE
      """)

  /// Parameters: keys. The form for several tables is the one that takes the name of an index.
  static let purge = MySQLStatement(
    name: "purge",
    sql: "DELETE t FROM timers t FORCE INDEX (PRIMARY) WHERE (t.group_id, t.timer_id) IN ?")

  /// Parameters: time.
  static let notePurge = MySQLStatement(
    name: "note_purge",
    sql: """
      INSERT INTO purges (only_row, before_at) VALUES (1, ?)
      ON DUPLICATE KEY UPDATE before_at = GREATEST(before_at, VALUES(before_at))
      """)

  /// No parameters. Rows: the latest time by which timers have been purged, or none.
  static let purgedBefore = MySQLStatement(name: "purged_before", sql: "SELECT before_at FROM purges")
}
