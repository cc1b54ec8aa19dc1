import TimerModel

// Messages on their way to a broker. Positions are drawn once the timer's row is locked: those of one timer are in the order
// of its changes, and a reader that sees a later one sees the earlier ones.
extension PostgresStatement {
  private static let columns = "created_at, id, shard, topic, key, headers, value"

  /// The messages in nine arrays, from parameter `first` on.
  private static func messages(from first: Int) -> String {
    let types = ["uuid[]", "smallint[]", "bytea[]", "bytea[]", "bytea[]", "bytea[]"]
    let arrays = types.enumerated().map { "$\(first + $0)::\($1)" }
    return
      "unnest(\(arrays.joined(separator: ", "))) WITH ORDINALITY AS m(id, shard, topic, key, headers, value, n)"
  }

  /// Parameters: ids, shards, topics, keys, headers, values, time.
  static let post = PostgresStatement(
    name: "post",
    sql: """
      WITH \(clock("$7"))
      INSERT INTO outbox (\(columns))
      SELECT clock.ms, m.id, m.shard, m.topic, m.key, m.headers, m.value FROM \(messages(from: 1)), clock ORDER BY m.n
      """)

  /// As `settle`, with messages. Parameters: those of `settle`, the messages, for each its settlement's position from 1.
  static let settleWithOutbox = PostgresStatement(
    name: "settle_post",
    sql: """
      WITH \(lockedClaims),
      settled AS (\(endingClaims)),
      posted AS (
        INSERT INTO outbox (\(columns))
        SELECT clock.ms, m.id, m.shard, m.topic, m.key, m.headers, m.value FROM \(messages(from: 11)), clock
        WHERE ($17::bigint[])[m.n] = ANY (ARRAY(SELECT n FROM settled)) ORDER BY m.n)
      SELECT n FROM settled
      """)

  /// Parameters: shards, topics to pass over, limit, bytes.
  static let outbox = PostgresStatement(
    name: "outbox",
    sql: """
      SELECT position, \(columns) FROM (
        SELECT *, row_number() OVER earlier AS n,
          sum(coalesce(octet_length(value), 0) + coalesce(octet_length(key), 0) + octet_length(headers)) OVER earlier AS size
        FROM (
          SELECT * FROM outbox WHERE shard = ANY ($1::smallint[]) AND topic <> ALL ($2::bytea[])
          ORDER BY position LIMIT $3::bigint) first
        WINDOW earlier AS (ORDER BY position ROWS UNBOUNDED PRECEDING)) page
      WHERE n = 1 OR size <= $4::bigint ORDER BY position
      """)

  /// Parameters: positions. No rows; unknown positions are passed over.
  static let deleteFromOutbox = PostgresStatement(
    name: "unpost", sql: "DELETE FROM outbox WHERE position = ANY ($1::bigint[])")

  /// Parameters: limit. Rows: the number of messages, at most the limit.
  static let outboxCount = PostgresStatement(
    name: "outbox_count",
    sql: "SELECT count(*) FROM (SELECT 1 FROM outbox ORDER BY position LIMIT $1::bigint) few")
}
