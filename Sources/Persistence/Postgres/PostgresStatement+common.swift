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

  /// True if `t` has the key of `w`; for each `w`, `t` is looked up by its primary key.
  ///
  /// With `=` on the first column as well, PostgreSQL may read the whole primary key in its order and compare each row with `w`. It does so
  /// while its statistics say that the table is empty (decision 0029). With `= ANY` it sees no use in that order.
  static let hasKey = "t.group_id = ANY (ARRAY[w.group_id]) AND t.timer_id = w.timer_id"

  /// The phase of `t`, for statements that look timers up by their keys. The bare column would admit the partial index of its phase, which
  /// PostgreSQL reads as a whole while its statistics say that the index is empty.
  static let hiddenPhase = "(t.phase + 0)"

  static let time = PostgresStatement(name: "time", sql: "WITH \(clock("$1")) SELECT ms FROM clock")
}
