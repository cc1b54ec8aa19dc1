import Foundation

// A server that tells how much its statements touch.
extension PostgresServer {
  /// One server for all tests that count what statements touch. Nothing but a test analyzes its tables.
  package static func counting() throws -> PostgresServer { try counter.get() }

  private static let counter: Result<PostgresServer, any Error> = Result {
    let server = try PostgresServer(settings: [
      "shared_preload_libraries=pg_stat_statements", "autovacuum=off", "max_wal_size=2GB",
    ])
    try server.query("CREATE EXTENSION pg_stat_statements")
    // Nothing deinitializes what is static.
    atexit { try? PostgresServer.counter.get().remove() }
    return server
  }

  /// Returns the number of blocks that statements have touched since the last call, and forgets them. This call's own do not count.
  package func touchedBlocks() throws -> Int {
    let rows = try query(
      """
      WITH counted AS MATERIALIZED (
        SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::bigint AS blocks FROM pg_stat_statements
        WHERE query NOT LIKE '%pg_stat_statements%')
      SELECT blocks, pg_stat_statements_reset() FROM counted
      """)
    guard let blocks = rows.first?.split(separator: "|").first.flatMap({ Int($0) }) else {
      throw QueryFailed(sql: "pg_stat_statements")
    }
    return blocks
  }

  /// Returns the number of rows that were fetched from a table, by whatever way. Sessions report them, at the latest when they end.
  package func fetchedRows(of table: String, in schema: String) throws -> Int {
    let rows = try query(
      """
      SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_all_tables
      WHERE schemaname = '\(schema)' AND relname = '\(table)'
      """)
    guard let count = rows.first.flatMap({ Int($0) }) else { throw QueryFailed(sql: "pg_stat_all_tables") }
    return count
  }
}
