import GRDB
package import TimerModel

// Commands of a partition together with its offset, in one transaction.
extension SQLiteTimerStore {
  /// Applies a batch, records its offset and writes what `messages` makes of the results, in one transaction.
  package func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    try await write { [self] db in
      let stored = try offset(of: batch.source, db)
      guard stored == batch.expectedOffset else { return .stale(storedOffset: stored) }
      try save(batch, db)
      let now = now
      let results = try batch.commands.map { try apply($0, at: now, db) }
      try insert(messages(results), at: now, db)
      return .applied(results)
    }
  }

  /// Reads the positions on record.
  package func positions(of sources: [CommandSource]) async throws -> [LogPositions] {
    try await read { db in
      let statement = try db.cachedStatement(sql: Self.positionsSQL)
      return try sources.map { source in
        var found = LogPositions()
        for row in try Row.fetchAll(statement, arguments: [source.topic, source.partition]) {
          let text: String? = row[2]
          let position = LogPosition(group: row[0], offset: row[1], mark: text.flatMap { LogMark($0) })
          if position.group == source.group {
            found.own = position
          } else if found.other == nil {
            found.other = position
          }
        }
        return found
      }
    }
  }

  /// Returns the latest time by which timers have been purged.
  package func purgedBefore() async throws -> Timestamp? {
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'purgedBefore'").map {
        Timestamp(milliseconds: $0)
      }
    }
  }

  /// Selects the positions of all groups in a partition, the furthest first.
  private static let positionsSQL = """
    SELECT consumer_group, next_offset, mark FROM command_offsets WHERE topic = ? AND partition = ?
    ORDER BY next_offset DESC, consumer_group DESC
    """

  private func offset(of source: CommandSource, _ db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: "SELECT next_offset FROM command_offsets WHERE consumer_group = ? AND topic = ? AND partition = ?")
    return try Int64.fetchOne(statement, arguments: [source.group, source.topic, source.partition])
  }

  private func save(_ batch: CommandBatch, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO command_offsets (consumer_group, topic, partition, next_offset, mark) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset, mark = excluded.mark
        """)
    let source = batch.source
    try statement.execute(
      arguments: [
        source.group, source.topic, source.partition, batch.nextOffset, batch.mark.map(\.description),
      ])
  }
}
