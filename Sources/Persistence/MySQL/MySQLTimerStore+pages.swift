import Persistence
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
      let id = MySQLValue.text(cursor.key.timerID)
      query = MySQLQuery(.due, range + [time, time, group, time, group, id, count])
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

  /// Reads what is due before `before` and under no valid claim.
  ///
  /// The parts of a statement are all evaluated, however many rows the first ones give: so each shard is asked for its share first, and
  /// only those that may have more are asked again.
  package func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    let limit = min(limit, 1 << 30)
    guard !shards.isEmpty, limit > 0 else { return [] }
    let share = (limit + shards.count - 1) / shards.count
    return try await background.run { [self] session in
      var found: [Int: [DueEntry]] = [:]
      for start in stride(from: 0, to: shards.count, by: Self.shardLimit) {
        let part = shards[start..<min(start + Self.shardLimit, shards.count)]
        for entry in try overdue(in: part, before: before, limit: share, session) {
          found[entry.shard, default: []].append(entry)
        }
      }
      var count = found.values.reduce(0) { $0 + $1.count }
      for shard in shards where count < limit && found[shard]?.count == share {
        let all = try overdue(in: [shard], before: before, limit: share + limit - count, session)
        count += all.count - share
        found[shard] = all
      }
      return Array(shards.flatMap { found[$0] ?? [] }.prefix(limit))
    }
  }

  private func overdue(
    in shards: ArraySlice<Int>, before: Timestamp, limit: Int, _ session: MySQLSession
  ) throws -> [DueEntry] {
    let parameters = shards.flatMap { shard -> [MySQLValue] in
      [MySQLValue.integer(Int64(shard)), .time(before), .integer(Int64(limit))]
    }
    let query = MySQLQuery(.overdue(shards: shards.count), parameters)
    let replies = try session.run([setNow(session), query, MySQLQuery(.now)], commits: false)
    _ = try session.time(replies[2])
    return (0..<replies[1].count).compactMap { row in
      Self.entry(replies[1], row, Int(replies[1].integer(row, 3) ?? 0))
    }
  }

  /// Deletes timers whose life ended before `before`.
  package func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    try await write(on: background) { session in
      let page = MySQLQuery(.ended, [.time(before), .integer(Int64(limit))])
      let rows = try session.run([page], commits: false)[0]
      let keys = (0..<rows.count).map { Self.key(rows, $0) }.sorted()
      guard !keys.isEmpty else { return 0 }
      // Meanwhile another node may have purged a timer, and a client created one that has its key and tags of its own.
      let locks = Self.chunks(keys).map { MySQLQuery(.lockEnded, [Self.list(of: $0), .time(before)]) }
      return try session.transaction(locks) { replies in
        var (ended, tagged): ([TimerKey], [TimerKey]) = ([], [])
        for rows in replies {
          for row in 0..<rows.count {
            ended.append(Self.key(rows, row))
            if rows.integer(row, 2) != 0 { tagged.append(Self.key(rows, row)) }
          }
        }
        let note = MySQLQuery(.notePurge, [.time(before)])
        return (ended.count, Self.lookUps(.purge, ended) + Self.untagging(tagged) + [note])
      }
    }
  }

  private static func key(_ rows: MySQLRows, _ row: Int) -> TimerKey {
    TimerKey(groupID: rows.text(row, 0) ?? "", timerID: rows.text(row, 1) ?? "")
  }

  private static func entry(_ rows: MySQLRows, _ row: Int, _ shard: Int) -> DueEntry? {
    guard let group = rows.text(row, 0), let id = rows.text(row, 1), let dueAt = rows.integer(row, 2) else {
      return nil
    }
    return DueEntry(
      key: TimerKey(groupID: group, timerID: id), shard: shard, dueAt: Timestamp(milliseconds: dueAt))
  }
}
