// Messages on their way to a broker. Positions are drawn once the timer's row is locked: those of one timer are in the order
// of its changes, and a reader that sees a later one sees the earlier ones.
extension MySQLStatement {
  private static let columns = "created_at, id, shard, topic, record_key, headers, value"

  /// Parameters: rows of time, id, shard, topic, key, headers, value.
  static let post = MySQLStatement(name: "post", sql: "INSERT INTO outbox (\(columns)) VALUES ?")

  /// Parameters: shards, topics to pass over if there are any, limit, bytes. Rows: `OutboxColumn`s.
  ///
  /// The messages that fit are found by their sizes; only their bytes are then read.
  static func outbox(excludesTopics: Bool) -> MySQLStatement {
    MySQLStatement(
      name: "outbox",
      sql: """
        SELECT o.position, o.created_at, o.id, o.shard, o.topic, o.record_key, o.headers, o.value
        FROM (
          SELECT position, ROW_NUMBER() OVER (ORDER BY position) AS n,
            SUM(size) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) AS total
          FROM (
            SELECT position, COALESCE(OCTET_LENGTH(value), 0) + COALESCE(OCTET_LENGTH(record_key), 0)
              + OCTET_LENGTH(headers) AS size
            FROM outbox FORCE INDEX (PRIMARY) WHERE shard IN ?\(excludesTopics ? " AND topic NOT IN ?" : "")
            ORDER BY position LIMIT ?) few) page
          JOIN outbox o ON o.position = page.position
        WHERE page.n = 1 OR page.total <= ? ORDER BY o.position
        """)
  }

  /// The columns of a row of `outbox`.
  enum OutboxColumn: Int {
    case position, createdAt, id, shard, topic, key, headers, value
  }

  /// Parameters: positions. Unknown positions are passed over.
  static let deleteFromOutbox = MySQLStatement(
    name: "unpost", sql: "DELETE FROM outbox WHERE position IN ?")

  /// Parameters: limit. One row: the number of messages, at most the limit.
  static let outboxCount = MySQLStatement(
    name: "outbox_count",
    sql: "SELECT COUNT(*) FROM (SELECT 1 FROM outbox ORDER BY position LIMIT ?) few")
}
