import GRDB
import Persistence
package import TimerModel

// What is due, what is overdue, and what has ended long ago. The indexes are named: after an ANALYZE of a small table, SQLite would read the
// whole table once it has grown (decision 0029).
extension SQLiteTimerStore {
  private static let dueSQL = """
    SELECT group_id, timer_id, due_at FROM timers INDEXED BY timers_due
    WHERE \(PhaseCode.scheduledCondition) AND shard = ? AND due_at <= ? AND typeof(due_at) = 'integer' AND (due_at, group_id, timer_id) > (?, ?, ?)
    ORDER BY due_at, group_id, timer_id LIMIT ?
    """

  private static let overdueSQL = """
    SELECT group_id, timer_id, due_at FROM timers INDEXED BY timers_due
    WHERE \(PhaseCode.scheduledCondition) AND shard = ? AND due_at < ? AND typeof(due_at) = 'integer'
      AND (claim_run IS NOT ? OR claim_deadline <= ?)
    ORDER BY due_at, group_id, timer_id LIMIT ?
    """

  private static let endedSQL = """
    SELECT id FROM timers INDEXED BY timers_ended
    WHERE \(PhaseCode.endedCondition) AND updated_at < ? ORDER BY updated_at LIMIT ?
    """

  /// Reads the scheduled timers of a shard, in order of due time and key.
  package func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    try await read { db in
      let statement = try db.cachedStatement(sql: Self.dueSQL)
      let arguments: StatementArguments = [
        shard, through.milliseconds, cursor?.dueAt.milliseconds ?? .min, cursor?.key.groupID ?? "",
        cursor?.key.timerID ?? "", limit,
      ]
      return try Row.fetchAll(statement, arguments: arguments).compactMap { Self.entry($0, shard) }
    }
  }

  /// Reads what is due before `before` and under no valid claim, shard by shard.
  package func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    try await read { [self, now] db in
      let statement = try db.cachedStatement(sql: Self.overdueSQL)
      var entries: [DueEntry] = []
      for shard in shards where entries.count < limit {
        let arguments: StatementArguments = [
          shard, before.milliseconds, run, now.lease.milliseconds, limit - entries.count,
        ]
        entries += try Row.fetchAll(statement, arguments: arguments).compactMap { Self.entry($0, shard) }
      }
      return entries
    }
  }

  /// Deletes timers whose life ended before `before`.
  package func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    try await write { db in
      let ended = try db.cachedStatement(sql: Self.endedSQL)
      let ids = try Int64.fetchAll(ended, arguments: [before.milliseconds, limit])
      // One by one: no index can be named for a list of ids.
      let deletion = try db.cachedStatement(sql: "DELETE FROM timers WHERE id = ?")
      for id in ids { try deletion.execute(arguments: [id]) }
      // Commands that are read a second time are judged by it.
      if !ids.isEmpty {
        try db.execute(
          sql: """
            INSERT INTO meta VALUES ('purgedBefore', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)
            """, arguments: [before.milliseconds])
      }
      return ids.count
    }
  }

  /// The timer of a row; nil where it holds what this service does not write.
  private static func entry(_ row: Row, _ shard: Int) -> DueEntry? {
    guard let group = String.fromDatabaseValue(row[0]), let id = String.fromDatabaseValue(row[1]),
      let dueAt = Int64.fromDatabaseValue(row[2])
    else { return nil }
    return DueEntry(
      key: TimerKey(groupID: group, timerID: id), shard: shard, dueAt: Timestamp(milliseconds: dueAt))
  }
}
