import Persistence
package import TimerModel

// Counts, of one snapshot each.
extension PostgresTimerStore {
  /// Counts the timers of a group, or of all groups, by phase.
  package func phaseCounts(groupID: String?, limit: Int) async throws -> [Timer.Phase: Int]? {
    let query = countQuery(groupID, limit)
    return try await searches.run { session in
      let counts = Self.counts(try session.run(query, commits: false), hasTotal: groupID != nil)
      return counts.values.reduce(0, +) > limit ? nil : counts
    }
  }

  /// Lists groups by name, with their counts.
  package func groups(after groupID: String?, limit: Int, entries: Int) async throws -> [GroupCounts] {
    let names = PostgresQuery(.groupNames, [.bytea(groupID ?? ""), .int8(Int64(limit))])
    return try await searches.run { [self] session in
      let rows = try session.run(names, commits: false)
      var (groups, counted): ([GroupCounts], Int) = ([], 0)
      for row in 0..<rows.count where counted < entries {
        guard let name = rows.text(row, 0) else { continue }
        let counts = try session.run(countQuery(name, Int(Int32.max)), commits: false)
        let group = GroupCounts(groupID: name, counts: Self.counts(counts, hasTotal: true))
        // One whose last timer was purged in between.
        if group.total > 0 { groups.append(group) }
        counted += group.total
      }
      return groups
    }
  }

  private func countQuery(_ groupID: String?, _ limit: Int) -> PostgresQuery {
    let most = PostgresParameter.int8(Int64(limit) + 1)
    guard let groupID else {
      return PostgresQuery(.countAll, [.int2s((0..<shardCount).map { Int16($0) }), most])
    }
    return PostgresQuery(.countGroup, [.bytea(groupID), most])
  }

  /// Reads the row of a count; its first number is that of all timers, or of the scheduled ones.
  private static func counts(_ rows: PostgresRows, hasTotal: Bool) -> [Timer.Phase: Int] {
    guard rows.count == 1 else { return [:] }
    let ended = PostgresStatement.countedPhases.indices.map { Int(rows.int8(0, $0 + 1) ?? 0) }
    var counts = Dictionary(
      zip(PostgresStatement.countedPhases, ended), uniquingKeysWith: { first, _ in first })
    let first = Int(rows.int8(0, 0) ?? 0)
    counts[.scheduled] = hasTotal ? max(first - ended.reduce(0, +), 0) : first
    return counts
  }
}
