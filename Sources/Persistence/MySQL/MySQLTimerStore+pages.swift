package import TimerModel

// Timers that are due or overdue, and those that have ended long ago.
extension MySQLTimerStore {
  /// Reads the scheduled timers of a shard, in order of due time and key.
  package func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    let range: [MySQLValue] = [.integer(Int64(shard)), .time(through)]
    let count = MySQLValue.integer(Int64(limit))
    let query: MySQLQuery
    if let cursor {
      let (time, group) = (MySQLValue.time(cursor.dueAt), MySQLValue.text(cursor.key.groupID))
      query = MySQLQuery(
        .due, range + [time, time, group, time, group, .text(cursor.key.timerID), count])
    } else {
      query = MySQLQuery(.dueFirst, range + [count])
    }
    return try await background.run { session in
      let rows = try session.run([query], commits: false)[0]
      return (0..<rows.count).compactMap { Self.entry(rows, $0, shard) }
    }
  }

  /// The number of shards that one statement looks at.
  private static let shardLimit = 64

  /// Reads what is due before `before` and under no valid claim, shard by shard.
  package func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    try await background.run { [self] session in
      var entries: [DueEntry] = []
      for start in stride(from: 0, to: shards.count, by: Self.shardLimit) where entries.count < limit {
        let some = shards[start..<min(start + Self.shardLimit, shards.count)]
        let left = MySQLValue.integer(Int64(limit - entries.count))
        let parameters = some.flatMap { [MySQLValue.integer(Int64($0)), .time(before), left] } + [left]
        let query = MySQLQuery(.overdue(shards: some.count), parameters)
        let rows = try session.run([setNow(session), query], commits: false)[1]
        entries += (0..<rows.count).compactMap { Self.entry(rows, $0, Int(rows.integer($0, 3) ?? 0)) }
      }
      return entries
    }
  }

  /// Deletes timers whose life ended before `before`.
  package func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    try await write(on: background) { session in
      let page = MySQLQuery(.ended, [.time(before), .integer(Int64(limit))])
      let rows = try session.run([page], commits: false)[0]
      let keys = (0..<rows.count).map { row in
        TimerKey(groupID: rows.text(row, 0) ?? "", timerID: rows.text(row, 1) ?? "")
      }.sorted()
      guard !keys.isEmpty else { return 0 }
      let deletions = Self.chunks(keys).map { MySQLQuery(.purge, [Self.list(of: $0), .time(before)]) }
      return try session.transaction(deletions) { replies in
        (replies.reduce(0) { $0 + $1.affected }, [MySQLQuery(.notePurge, [.time(before)])])
      }
    }
  }

  private static func entry(_ rows: MySQLRows, _ row: Int, _ shard: Int) -> DueEntry? {
    guard let group = rows.text(row, 0), let id = rows.text(row, 1), let dueAt = rows.integer(row, 2) else {
      return nil
    }
    return DueEntry(
      key: TimerKey(groupID: group, timerID: id), shard: shard, dueAt: Timestamp(milliseconds: dueAt))
  }
}
