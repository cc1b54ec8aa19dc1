import Persistence
package import TimerModel

// What is due, what is overdue, and what has ended long ago.
extension PostgresTimerStore {
  /// Reads the scheduled timers of a shard, in order of due time and key.
  package func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    let parameters: [PostgresParameter] = [
      .int4(Int32(shard)), .int8(cursor?.dueAt.milliseconds ?? .min), .bytea(cursor?.key.groupID ?? ""),
      .bytea(cursor?.key.timerID ?? ""), .int8(through.milliseconds), .int8(Int64(limit)),
    ]
    return try await background.run { session in
      let rows = try session.run(PostgresQuery(.due, parameters), commits: false)
      return (0..<rows.count).compactMap { Self.entry(rows, $0, shard) }
    }
  }

  /// Reads what is due before `before` and under no valid claim, shard by shard.
  package func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    let parameters: [PostgresParameter] = [
      .int4s(shards.map { Int32($0) }), .int8(before.milliseconds), .int8(Int64(limit)), now,
    ]
    return try await background.run { session in
      let rows = try session.run(PostgresQuery(.overdue, parameters), commits: false)
      return (0..<rows.count).compactMap { Self.entry(rows, $0, Int(rows.int4($0, 3) ?? 0)) }
    }
  }

  /// Deletes timers whose life ended before `before`.
  package func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    let parameters: [PostgresParameter] = [.int8(before.milliseconds), .int8(Int64(limit))]
    return try await write(on: background) { session in
      try session.run(PostgresQuery(.purge, parameters), commits: true).count
    }
  }

  private static func entry(_ rows: PostgresRows, _ row: Int, _ shard: Int) -> DueEntry? {
    guard let group = rows.text(row, 0), let id = rows.text(row, 1), let dueAt = rows.int8(row, 2) else {
      return nil
    }
    return DueEntry(
      key: TimerKey(groupID: group, timerID: id), shard: shard, dueAt: Timestamp(milliseconds: dueAt))
  }
}
