import Logging
import Persistence
import Telemetry
package import TimerModel

// Messages on their way to a broker.
extension MySQLTimerStore {
  /// Reads messages, oldest first; logs and skips one that cannot be read.
  package func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    guard !page.shards.isEmpty else { return [] }
    let shards = MySQLValue.list(page.shards.map { .integer(Int64($0)) })
    let limits: [MySQLValue] = [.integer(Int64(page.limit)), .integer(Int64(page.byteLimit))]
    var parameters = [shards]
    if !page.excludedTopics.isEmpty { parameters.append(.list(page.excludedTopics.map { .text($0) })) }
    let statement = MySQLStatement.outbox(excludesTopics: !page.excludedTopics.isEmpty)
    let query = MySQLQuery(statement, parameters + limits)
    return try await background.run { [logger] session in
      let rows = try session.run([query], commits: false)[0]
      return (0..<rows.count).compactMap { row in
        do {
          return try Self.outboxEntry(rows, row)
        } catch {
          // Those behind it are not held up by it.
          logger.error(
            "skipped an unreadable message in the outbox",
            metadata: ["position": "\(rows.integer(row, 0) ?? 0)", LogKey.error: "\(error)"])
          return nil
        }
      }
    }
  }

  /// Forgets messages that were published.
  package func removeFromOutbox(_ positions: [Int64]) async throws {
    guard !positions.isEmpty else { return }
    let query = MySQLQuery(.deleteFromOutbox, [.list(positions.sorted().map { .integer($0) })])
    try await write(on: background) { session in _ = try session.run([query], commits: true) }
  }

  /// Returns the number of waiting messages.
  package func outboxCount(limit: Int) async throws -> Int {
    let query = MySQLQuery(.outboxCount, [.integer(Int64(limit))])
    return try await background.run { session in
      Int(try session.run([query], commits: false)[0].integer(0, 0) ?? 0)
    }
  }

  /// Writes messages in their order.
  static func posting(_ messages: [OutboxMessage], at now: StoreTime) -> [MySQLQuery] {
    let rows = messages.map { message -> [MySQLValue] in
      [
        .time(now.wall), .firing(message.id), .integer(Int64(message.shard)), .text(message.topic),
        .optionalBytes(message.key), .text(StoredHeaders.encode(message.headers)),
        .optionalBytes(message.value),
      ]
    }
    return filled(.post, rows)
  }

  private static func outboxEntry(_ rows: MySQLRows, _ row: Int) throws -> OutboxEntry {
    typealias Column = MySQLStatement.OutboxColumn
    guard let position = rows.integer(row, Column.position.rawValue),
      let createdAt = rows.integer(row, Column.createdAt.rawValue),
      let id = rows.firingID(row, Column.id.rawValue), let shard = rows.integer(row, Column.shard.rawValue),
      let topic = rows.text(row, Column.topic.rawValue), let headers = rows.text(row, Column.headers.rawValue)
    else {
      throw StoreError(code: .incompatible, message: "a stored message is unreadable", isRetriable: false)
    }
    return OutboxEntry(
      position: position, createdAt: Timestamp(milliseconds: createdAt),
      message: OutboxMessage(
        id: id, shard: Int(shard), topic: topic, key: rows.bytes(row, Column.key.rawValue),
        headers: try StoredHeaders.decode(headers), value: rows.bytes(row, Column.value.rawValue)))
  }
}
