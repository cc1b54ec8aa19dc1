import GRDB
import Persistence
import TimerModel

// The scheduled timers by due time, across shards. The index has all that a place needs: timers are fetched only once it is known which of
// them belong to the page.
extension SQLiteTimerStore {
  private static let dueAscendingSQL = """
    SELECT id, group_id, timer_id, due_at FROM timers INDEXED BY timers_due
    WHERE \(PhaseCode.scheduledCondition) AND shard = ? AND (due_at, group_id, timer_id) > (?, ?, ?) AND due_at < ?
      AND typeof(due_at) = 'integer'
    ORDER BY due_at, group_id, timer_id LIMIT ?
    """

  private static let dueDescendingSQL = """
    SELECT id, group_id, timer_id, due_at FROM timers INDEXED BY timers_due
    WHERE \(PhaseCode.scheduledCondition) AND shard = ? AND (due_at, group_id, timer_id) < (?, ?, ?) AND due_at >= ?
      AND typeof(due_at) = 'integer'
    ORDER BY due_at DESC, group_id DESC, timer_id DESC LIMIT ?
    """

  private static let rowSQL = "SELECT \(scannedColumns()) FROM timers WHERE id = ?"

  func scanDue(_ scan: TimerScan, at now: StoreTime, _ db: Database) throws -> ScannedTimers {
    // Of one group there are few in each shard, and entries of the index are cheap to pass over.
    let perShard = max(scan.limit * (scan.groupID == nil ? 2 : 8) / shardCount, 8)
    let range = ScanRange(scan)
    let statement = try db.cachedStatement(
      sql: scan.isDescending ? Self.dueDescendingSQL : Self.dueAscendingSQL)
    var rows: [TimerKey: Int64] = [:]
    let parts = try (0..<shardCount).map { shard in
      let found = try Row.fetchAll(
        statement,
        arguments: [
          shard, range.start, range.startKey.groupID, range.startKey.timerID, range.end, perShard,
        ])
      let entries = found.compactMap { row -> ScannedTimer? in
        guard let id = Int64.fromDatabaseValue(row[0]), let group = String.fromDatabaseValue(row[1]),
          let name = String.fromDatabaseValue(row[2]), let dueAt = Int64.fromDatabaseValue(row[3])
        else { return nil }
        let key = TimerKey(groupID: group, timerID: name)
        rows[key] = id
        return ScannedTimer(
          position: ScanPosition(time: Timestamp(milliseconds: dueAt), key: key), timer: nil)
      }
      return ScannedTimers(timers: entries, next: found.count < perShard ? nil : entries.last?.position)
    }
    var merged = ScannedTimers(merging: parts, isDescending: scan.isDescending)
    if let group = scan.groupID { merged.timers.removeAll { $0.position.key.groupID != group } }
    if merged.timers.count > scan.limit {
      merged.timers.removeLast(merged.timers.count - scan.limit)
      merged.next = merged.timers.last?.position
    }
    for place in merged.timers.indices {
      guard let id = rows[merged.timers[place].position.key] else { continue }
      merged.timers[place].timer = try fetch(merged.timers[place].position.key, id: id, at: now, db)
    }
    return merged
  }

  private func fetch(_ key: TimerKey, id: Int64, at now: StoreTime, _ db: Database) throws -> Timer? {
    let row = try readable(key) { try fetch(id: id, db) }
    return (row ?? nil)?.timer.withoutExpiredClaim(at: now)
  }

  private func fetch(id: Int64, _ db: Database) throws -> TimerRow? {
    var statement = try BoundStatement(Self.rowSQL, db)
    try statement.bind(id)
    return try statement.first { try TimerRow($0, run: run) }
  }
}
