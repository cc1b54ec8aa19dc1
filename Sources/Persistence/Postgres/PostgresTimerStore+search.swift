import Persistence
package import TimerModel

// Parts of indexes, as rows without payload; timers that cannot be read are passed over.
extension PostgresTimerStore: TimerSearch {
  /// Reads a part of an index, in its order.
  package func scan(_ scan: TimerScan) async throws -> ScannedTimers {
    switch scan.index {
    case .keys(let prefix): try await scanKeys(scan, prefix)
    case .tag(let tag, let prefix): try await scanTag(scan, tag, prefix)
    case .due: try await scanDue(scan)
    case .ended(let phases): try await scanEnded(scan, phases)
    }
  }

  private func scanKeys(_ scan: TimerScan, _ prefix: String) async throws -> ScannedTimers {
    let statement: PostgresStatement = scan.groupID == nil ? .scanAllKeys : .scanKeys
    let parameters = Self.keys(scan, prefix) + [.int8(Int64(scan.limit)), now]
    return try await read(PostgresQuery(statement, parameters), scan, partLimit: scan.limit)
  }

  private func scanTag(_ scan: TimerScan, _ tag: Tag, _ prefix: String) async throws -> ScannedTimers {
    let statement: PostgresStatement = scan.groupID == nil ? .scanAllTag : .scanTag
    let tagged = [PostgresParameter.bytea(tag.description)]
    let parameters = tagged + Self.keys(scan, prefix) + [.int8(Int64(scan.limit)), now]
    return try await read(PostgresQuery(statement, parameters), scan, partLimit: scan.limit)
  }

  /// The range of keys as parameters.
  private static func keys(_ scan: TimerScan, _ prefix: String) -> [PostgresParameter] {
    guard let group = scan.groupID else {
      return [.bytea(scan.after?.key.groupID ?? ""), .bytea(scan.after?.key.timerID ?? "")]
    }
    let range = IDRange(prefix: prefix, after: scan.after?.key.timerID)
    return [.bytea(group), .bytea(range.from), .bytea(range.before)]
  }

  private func scanDue(_ scan: TimerScan) async throws -> ScannedTimers {
    let perShard = max(scan.limit * 2 / shardCount, 8)
    let shards = PostgresParameter.int4s((0..<shardCount).map { Int32($0) })
    let query = PostgresQuery(
      .scanDue(isDescending: scan.isDescending), [shards] + Self.range(scan, limit: perShard) + [now])
    return try await read(query, scan, partLimit: perShard)
  }

  private func scanEnded(_ scan: TimerScan, _ phases: Set<Timer.Phase>) async throws -> ScannedTimers {
    guard !phases.isEmpty else { return ScannedTimers(timers: [], next: nil) }
    let range = Self.range(scan, limit: scan.limit) + [now]
    let query: PostgresQuery
    if let group = scan.groupID {
      let codes = phases.map { Int32(PhaseCode($0).rawValue) }.sorted()
      query = PostgresQuery(
        .scanOver(isDescending: scan.isDescending),
        [.int4s(codes.map { Int32?.some($0) })] + range + [.bytea(group)])
    } else {
      query = PostgresQuery(
        .scanEnded(isDead: phases == [.dead], isDescending: scan.isDescending), range)
    }
    return try await read(query, scan, partLimit: scan.limit)
  }

  /// The place after which a scan by time begins, its end and its limit.
  private static func range(_ scan: TimerScan, limit: Int) -> [PostgresParameter] {
    let range = ScanRange(scan)
    return [
      .int8(range.start), .bytea(range.startKey.groupID), .bytea(range.startKey.timerID), .int8(range.end),
      .int8(Int64(limit)),
    ]
  }

  /// Runs a scan and merges its parts, each of which has at least `partLimit` rows if it goes on.
  private func read(
    _ query: PostgresQuery, _ scan: TimerScan, partLimit: Int
  ) async throws -> ScannedTimers {
    try await searches.run { [self] session in
      let rows = try session.run(query, commits: false)
      let isBefore = { (a: ScanPosition, b: ScanPosition) in scan.isDescending ? b < a : a < b }
      var parts: [Int32: [ScannedTimer]] = [:]
      for row in 0..<rows.count {
        guard let entry = try entry(rows, row, scan) else { continue }
        parts[rows.int4(row, PostgresStatement.ScanColumn.part.rawValue) ?? 0, default: []].append(entry)
      }
      var merged = ScannedTimers(
        merging: parts.values.map { part in
          let last = part.map(\.position).max(by: isBefore)
          return ScannedTimers(timers: part, next: part.count < partLimit ? nil : last)
        }, isDescending: scan.isDescending)
      if let group = scan.groupID { merged.timers.removeAll { $0.position.key.groupID != group } }
      return merged
    }
  }

  /// The timer of a row with its place; without the timer where it is of another group.
  private func entry(_ rows: PostgresRows, _ row: Int, _ scan: TimerScan) throws -> ScannedTimer? {
    typealias Column = PostgresStatement.ScanColumn
    guard let group = rows.text(row, Column.group.rawValue), let id = rows.text(row, Column.id.rawValue)
    else { return nil }
    let key = TimerKey(groupID: group, timerID: id)
    let time = rows.int8(row, Column.time.rawValue).map { Timestamp(milliseconds: $0) }
    var entry = ScannedTimer(position: ScanPosition(time: time, key: key), timer: nil)
    guard scan.groupID == nil || scan.groupID == group, !rows.isNull(row, Column.timer.rawValue) else {
      return entry
    }
    do {
      entry.timer = try PostgresTimerRow(rows, row, from: Column.timer.rawValue).timer()
      if rows.bool(row, Column.isFree.rawValue) { entry.timer?.claim = nil }
    } catch let error as StoreError where error.code == .incompatible {
      logUnreadable(key, error)
    }
    return entry
  }
}
