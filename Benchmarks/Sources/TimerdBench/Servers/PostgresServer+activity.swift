/// Counters of the work that PostgreSQL has done for one database.
struct PostgresActivity {
  /// Committed and rolled back.
  var transactions: Double
  /// Statements that clients have had executed, `BEGIN` and `COMMIT` included.
  var statements: Double
  /// Rows that were fetched by index.
  var rowsFetched: Double
}

extension PostgresServer {
  /// The time after which idle sessions have added to the counters of a database what they have done, in seconds.
  static let countingDelay = 12.0

  /// Creates an empty database in the place of another one, whose statements are counted.
  func renewCounting(_ database: String) throws {
    try renew(database)
    try query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    try query("ALTER DATABASE \(database) SET pg_stat_statements.track = 'top'")
  }

  /// Returns the counters of a database, from a session of another one. Only statements are counted at once.
  func activity(of database: String) throws -> PostgresActivity {
    let row =
      try query(
        """
        SELECT xact_commit + xact_rollback, tup_fetched,
          (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements(false) AS s WHERE s.dbid = d.datid)
        FROM pg_stat_database AS d WHERE datname = '\(database)'
        """
      ).first?.split(separator: "|").compactMap { Double($0) } ?? []
    guard row.count == 3 else { throw BenchError("PostgreSQL has no counters of \(database)") }
    return PostgresActivity(transactions: row[0], statements: row[2], rowsFetched: row[1])
  }
}
