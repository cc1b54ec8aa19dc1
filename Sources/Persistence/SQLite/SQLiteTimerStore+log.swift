import GRDB
public import TimerModel

// Commands of a partition together with its offset, in one transaction.
extension SQLiteTimerStore {
  /// Applies a batch, records its offset and writes what `messages` makes of the results, in one transaction.
  public func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    try await write { [self] db in
      let stored = try offset(of: batch.source, db)
      guard stored == batch.expectedOffset else { return .stale(storedOffset: stored) }
      try save(batch.nextOffset, of: batch.source, db)
      let now = now
      let gone = goneNodes(at: now)
      let results = try batch.commands.map { try apply($0, at: now, without: gone, db) }
      try insert(messages(results), at: now, db)
      return .applied(results)
    }
  }

  /// The offsets on record.
  public func offsets(of sources: [CommandSource]) async throws -> [Int64?] {
    try await read { [self] db in try sources.map { try offset(of: $0, db) } }
  }

  private func offset(of source: CommandSource, _ db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(
      sql: "SELECT next_offset FROM command_offsets WHERE consumer_group = ? AND topic = ? AND partition = ?")
    return try Int64.fetchOne(statement, arguments: [source.group, source.topic, source.partition])
  }

  private func save(_ offset: Int64, of source: CommandSource, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO command_offsets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset
        """)
    try statement.execute(arguments: [source.group, source.topic, source.partition, offset])
  }
}
