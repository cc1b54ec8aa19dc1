import GRDB
import Persistence
package import TimerModel

// Counts, from indexes that have all that they need. Scheduled timers of a group are those that have not ended.
extension SQLiteTimerStore {
  private static let scheduledCountSQL = """
    SELECT count(*) FROM (
      SELECT 1 FROM timers INDEXED BY timers_due WHERE \(PhaseCode.scheduledCondition) LIMIT ?)
    """

  private static let groupCountSQL =
    "SELECT count(*) FROM (SELECT 1 FROM timers INDEXED BY timers_key WHERE group_id = ? LIMIT ?)"

  private static func endedCountsSQL(_ condition: String) -> String {
    let counts = ended.map { "count(*) FILTER (WHERE phase = \(PhaseCode($0)))" }.joined(separator: ", ")
    return """
      SELECT \(counts) FROM (
        SELECT phase FROM timers INDEXED BY timers_over WHERE \(overCondition) \(condition) LIMIT ?)
      """
  }

  private static let nextGroupSQL =
    "SELECT group_id FROM timers INDEXED BY timers_key WHERE group_id > ? ORDER BY group_id LIMIT 1"

  private static let ended: [Timer.Phase] = [.delivered, .dead, .cancelled]

  /// Counts the timers of a group, or of all groups, by phase.
  package func phaseCounts(groupID: String?, limit: Int) async throws -> [Timer.Phase: Int]? {
    try await read { db in
      let counts = try Self.phaseCounts(groupID, limit, db)
      return counts.values.reduce(0, +) > limit ? nil : counts
    }
  }

  /// Lists groups by name, with their counts.
  package func groups(after groupID: String?, limit: Int, entries: Int) async throws -> [GroupCounts] {
    try await read { db in
      let next = try db.cachedStatement(sql: Self.nextGroupSQL)
      var (groups, counted): ([GroupCounts], Int) = ([], 0)
      var last = groupID ?? ""
      while groups.count < limit, counted < entries,
        let name = try String.fetchOne(next, arguments: [last])
      {
        let group = GroupCounts(groupID: name, counts: try Self.phaseCounts(name, Int.max - 1, db))
        groups.append(group)
        counted += group.total
        last = name
      }
      return groups
    }
  }

  /// Counts in one snapshot; stops after one more than `limit` in each index.
  private static func phaseCounts(
    _ groupID: String?, _ limit: Int, _ db: Database
  ) throws -> [Timer.Phase: Int] {
    let endedSQL = endedCountsSQL(groupID == nil ? "" : "AND group_id = ?")
    let group: StatementArguments = groupID.map { [$0] } ?? []
    let row = try Row.fetchOne(
      db.cachedStatement(sql: endedSQL), arguments: group + [limit + 1])
    var counts: [Timer.Phase: Int] = [:]
    if let row {
      for (place, phase) in ended.enumerated() { counts[phase] = row[place] as Int }
    }
    let others = try Int.fetchOne(
      db.cachedStatement(sql: groupID == nil ? scheduledCountSQL : groupCountSQL),
      arguments: group + [limit + 1])
    let endedCount = groupID == nil ? 0 : counts.values.reduce(0, +)
    counts[.scheduled] = max((others ?? 0) - endedCount, 0)
    return counts
  }
}
