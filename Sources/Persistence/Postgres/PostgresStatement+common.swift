// Parts of statements, and statements without a topic.
extension PostgresStatement {
  static let begin = PostgresStatement(name: "begin", sql: "BEGIN")
  static let commit = PostgresStatement(name: "commit", sql: "COMMIT")
  static let rollback = PostgresStatement(name: "rollback", sql: "ROLLBACK")

  /// The server's clock in milliseconds. `parameter` is NULL but in tests, which bring a clock of their own.
  static func clock(_ parameter: String) -> String {
    """
    clock AS MATERIALIZED (
      SELECT coalesce(\(parameter)::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS ms)
    """
  }

  /// The nodes whose claims are void.
  static let gone = """
    gone AS MATERIALIZED (
      SELECT coalesce(array_agg(name), '{}') AS names FROM nodes, clock WHERE deadline <= clock.ms)
    """

  /// True if nobody holds a valid claim on `t`.
  static let isFree = """
    (t.claim_deadline IS NULL OR t.claim_deadline <= clock.ms OR t.claim_node = ANY (gone.names))
    """

  /// A counter's next value. A row may hold any number, and the largest one must not fail the other rows of its statement.
  static func next<Value: FixedWidthInteger>(_ column: String, _ first: Int, _ largest: Value) -> String {
    "least(coalesce(\(column), \(first)), \(largest - 1)) + 1"
  }

  static let time = PostgresStatement(name: "time", sql: "WITH \(clock("$1")) SELECT ms FROM clock")
}
