import FoundationEssentials
import GRDB
import Persistence
public import TimerModel

// Messages on their way to a broker.
extension SQLiteTimerStore {
  static let outboxSQL = """
    SELECT position, created_at, id_high, id_low, shard, topic, key, headers, value FROM outbox
    WHERE shard IN (SELECT value FROM json_each(?)) AND topic NOT IN (SELECT value FROM json_each(?))
    ORDER BY position LIMIT ?
    """

  /// Reads a page of the outbox.
  public func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    try await read { db in
      var shards = JSONWriter()
      shards.array { json in for shard in page.shards { json.integer(shard) } }
      var topics = JSONWriter()
      topics.array { json in for topic in page.excludedTopics { json.string(topic) } }
      let statement = try db.cachedStatement(sql: Self.outboxSQL)
      let rows = try Row.fetchCursor(statement, arguments: [shards.text, topics.text, page.limit])
      var budget = ClaimBudget(bytes: page.byteLimit)
      var entries: [OutboxEntry] = []
      while let row = try rows.next() {
        let entry = try Self.outboxEntry(row)
        guard budget.spend(entry.message.value?.count ?? 0) else { break }
        entries.append(entry)
      }
      return entries
    }
  }

  /// Forgets messages that were published.
  public func removeFromOutbox(_ positions: [Int64]) async throws {
    guard !positions.isEmpty else { return }
    try await write { db in
      let statement = try db.cachedStatement(sql: "DELETE FROM outbox WHERE position = ?")
      for position in positions { try statement.execute(arguments: [position]) }
    }
  }

  /// How many messages wait.
  public func outboxCount(limit: Int) async throws -> Int {
    try await read { db in
      let sql = "SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT ?)"
      return try Int.fetchOne(db, sql: sql, arguments: [limit]) ?? 0
    }
  }

  func insert(_ messages: [OutboxMessage], at now: StoreTime, _ db: Database) throws {
    guard !messages.isEmpty else { return }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO outbox (created_at, id_high, id_low, shard, topic, key, headers, value)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for message in messages {
      try statement.execute(arguments: [
        now.wall.milliseconds, message.id.highBits, message.id.lowBits, message.shard, message.topic,
        message.key?.data, StoredHeaders.encode(message.headers), message.value?.data,
      ])
    }
  }

  private static func outboxEntry(_ row: Row) throws -> OutboxEntry {
    let key: Data? = row[6]
    let value: Data? = row[8]
    return OutboxEntry(
      position: row[0], createdAt: Timestamp(milliseconds: row[1]),
      message: OutboxMessage(
        id: FiringID(high: UInt64(bitPattern: row[2]), low: UInt64(bitPattern: row[3])), shard: row[4],
        topic: row[5], key: key.map { [UInt8]($0) }, headers: try StoredHeaders.decode(row[7]),
        value: value.map { [UInt8]($0) }))
  }
}
