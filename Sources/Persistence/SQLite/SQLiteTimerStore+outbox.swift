import FoundationEssentials
import GRDB
import JSONBytes
import Logging
import Persistence
package import TimerModel

// Messages on their way to a broker.
extension SQLiteTimerStore {
  static let outboxSQL = """
    SELECT position, created_at, id_high, id_low, shard, topic, key, headers, value FROM outbox
    WHERE shard IN (SELECT value FROM json_each(?)) AND topic NOT IN (SELECT value FROM json_each(?))
    ORDER BY position LIMIT ?
    """

  /// Reads messages, oldest first; logs and skips one that cannot be read.
  package func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    try await read { [logger] db in
      var shards = JSONWriter()
      shards.array { json in for shard in page.shards { json.integer(shard) } }
      var topics = JSONWriter()
      topics.array { json in for topic in page.excludedTopics { json.string(topic) } }
      let statement = try db.cachedStatement(sql: Self.outboxSQL)
      let rows = try Row.fetchCursor(statement, arguments: [shards.text, topics.text, page.limit])
      var budget = ClaimBudget(bytes: page.byteLimit)
      var entries: [OutboxEntry] = []
      while let row = try rows.next() {
        guard let entry = Self.outboxEntry(row) else {
          // Those behind it are not held up by it.
          logger.error(
            "skipped an unreadable message in the outbox",
            metadata: ["position": "\(row[0] as DatabaseValue)"])
          continue
        }
        guard budget.spend(entry.message.size) else { break }
        entries.append(entry)
      }
      return entries
    }
  }

  /// Forgets messages that were published.
  package func removeFromOutbox(_ positions: [Int64]) async throws {
    guard !positions.isEmpty else { return }
    try await write { db in
      let statement = try db.cachedStatement(sql: "DELETE FROM outbox WHERE position = ?")
      for position in positions { try statement.execute(arguments: [position]) }
    }
  }

  /// Returns the number of waiting messages.
  package func outboxCount(limit: Int) async throws -> Int {
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

  /// The message of a row; nil where it holds what this service does not write.
  private static func outboxEntry(_ row: Row) -> OutboxEntry? {
    func integer(_ column: Int) -> Int64? { Int64.fromDatabaseValue(row[column]) }
    func bytes(_ column: Int) -> [UInt8]? { Data.fromDatabaseValue(row[column]).map { [UInt8]($0) } }
    guard let position = integer(0), let createdAt = integer(1), let high = integer(2), let low = integer(3),
      let shard = integer(4), let topic = String.fromDatabaseValue(row[5]),
      let text = String.fromDatabaseValue(row[7]), let headers = try? StoredHeaders.decode(text)
    else { return nil }
    return OutboxEntry(
      position: position, createdAt: Timestamp(milliseconds: createdAt),
      message: OutboxMessage(
        id: FiringID(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low)), shard: Int(shard),
        topic: topic, key: bytes(6), headers: headers, value: bytes(8)))
  }
}
