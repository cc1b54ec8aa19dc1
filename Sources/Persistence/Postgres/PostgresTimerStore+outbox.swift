import Logging
import Persistence
import Telemetry
package import TimerModel

// Messages on their way to a broker.
extension PostgresTimerStore {
  /// Reads messages, oldest first; logs and skips one that cannot be read.
  package func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    let parameters: [PostgresParameter] = [
      .int2s(page.shards.map { Int16($0) }), .texts(page.excludedTopics.map { String?.some($0) }),
      .int8(Int64(page.limit)), .int8(Int64(page.byteLimit)),
    ]
    return try await background.run { [logger] session in
      let rows = try session.run(PostgresQuery(.outbox, parameters), commits: false)
      return (0..<rows.count).compactMap { row in
        do {
          return try Self.outboxEntry(rows, row)
        } catch {
          // Those behind it are not held up by it.
          logger.error(
            "skipped an unreadable message in the outbox",
            metadata: ["position": "\(rows.int8(row, 0) ?? 0)", LogKey.error: "\(error)"])
          return nil
        }
      }
    }
  }

  /// Forgets messages that were published.
  package func removeFromOutbox(_ positions: [Int64]) async throws {
    guard !positions.isEmpty else { return }
    let query = PostgresQuery(.deleteFromOutbox, [.int8s(positions.sorted().map { Int64?.some($0) })])
    try await write(on: background) { session in _ = try session.run(query, commits: true) }
  }

  /// Returns the number of waiting messages.
  package func outboxCount(limit: Int) async throws -> Int {
    try await background.run { session in
      Int(try session.run(PostgresQuery(.outboxCount, [.int8(Int64(limit))]), commits: false).int8(0, 0) ?? 0)
    }
  }

  /// Writes messages in their order.
  func posting(_ messages: [OutboxMessage]) -> PostgresQuery {
    PostgresQuery(.post, Self.columns(of: messages) + [now])
  }

  static func columns(of messages: [OutboxMessage]) -> [PostgresParameter] {
    [
      .uuids(messages.map(\.id)), .int2s(messages.map { Int16($0.shard) }), .texts(messages.map(\.topic)),
      .byteas(messages.map(\.key)), .texts(messages.map { StoredHeaders.encode($0.headers) }),
      .byteas(messages.map(\.value)),
    ]
  }

  private static func outboxEntry(_ rows: PostgresRows, _ row: Int) throws -> OutboxEntry {
    guard let position = rows.int8(row, 0), let createdAt = rows.int8(row, 1),
      let id = rows.firingID(row, 2), let shard = rows.int2(row, 3), let topic = rows.text(row, 4),
      let headers = rows.text(row, 6)
    else {
      throw StoreError(code: .incompatible, message: "a stored message is unreadable", isRetriable: false)
    }
    return OutboxEntry(
      position: position, createdAt: Timestamp(milliseconds: createdAt),
      message: OutboxMessage(
        id: id, shard: Int(shard), topic: topic, key: rows.bytes(row, 5),
        headers: try StoredHeaders.decode(headers), value: rows.bytes(row, 7)))
  }
}
