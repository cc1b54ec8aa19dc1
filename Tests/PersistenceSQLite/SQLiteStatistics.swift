/// Statistics that a file may have, whatever its table holds by now.
enum SQLiteStatistics: String, CaseIterable, Sendable {
  /// ANALYZE ran on a new file.
  case empty
  /// ANALYZE ran when the table was next to empty.
  case oneOfEach
  /// ANALYZE ran when all timers had ended.
  case allEnded
  /// ANALYZE ran before the first timer ended.
  case allScheduled
  /// All timers are of one shard and due at one time.
  case lopsided
  /// Ten million timers have ended, and none is scheduled.
  case tenMillionEnded
  /// The indexes were analyzed at different times: they contradict each other.
  case contradictory

  /// Statements after which a new database has these statistics.
  var sql: String {
    switch self {
    case .empty: "ANALYZE"
    case .oneOfEach: Self.timers(1, phase: 0, shard: "1", dueAt: "1") + Self.timers(1, phase: 1) + "ANALYZE"
    case .allEnded: Self.timers(2000, phase: 1) + "ANALYZE"
    case .allScheduled: Self.timers(2000, phase: 0) + "ANALYZE"
    case .lopsided: Self.timers(2000, phase: 0, shard: "3", dueAt: "7") + "ANALYZE"
    case .tenMillionEnded:
      Self.forged(
        [
          "timers_key": "10000000 500000 1", "timers_ended": "10000000 1",
          "timers_over": "10000000 500000 200000 1", "timers_dead": "1000000 1",
        ], tags: "10000000 1000000 500000 1")
    case .contradictory:
      Self.forged(
        [
          "timers_key": "1 1 1", "timers_due": "1000000 1000000 1000000 1000000 1",
          "timers_ended": "10000000 10000000", "timers_over": "1 1 1 1", "timers_dead": "10000000 10000000",
        ], tags: "1 1 1 1")
    }
  }

  private static func timers(
    _ count: Int, phase: Int, shard: String = "i % 64", dueAt: String = "i"
  ) -> String {
    """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
    INSERT INTO timers (group_id, timer_id, shard, phase, due_at, execute_at, destination, revision, firing_high,
      firing_low, attempt, claim_number, created_at, updated_at, tags)
    SELECT 'g' || (i % 20), \(phase) || 't' || i, \(shard), \(phase), \(dueAt), i, 'x', 1, 1, 1, 0, 0, 0, i,
      '{"customer":"' || (i % 7) || '"}' FROM n;

    """
  }

  /// Writes rows of `sqlite_stat1`, and has SQLite read them: for indexes of timers by their names, and for the table of tags.
  private static func forged(_ rows: [String: String], tags: String) -> String {
    let values = rows.map { "('timers', '\($0.key)', '\($0.value)'), " }.joined()
    return """
      ANALYZE; DELETE FROM sqlite_stat1;
      INSERT INTO sqlite_stat1 VALUES \(values)('tags', 'tags', '\(tags)'); ANALYZE sqlite_master
      """
  }
}
