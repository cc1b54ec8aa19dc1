/// The sizes of PostgreSQL's table of timers, and what was written to it so far.
struct StoreSample {
  /// The second of the run.
  let second: Double
  /// By their names, in bytes.
  let indexes: [String: Double]
  private let values: [String: Double]

  init(second: Double, of database: String, on postgres: PostgresServer) throws {
    self.second = second
    var values: [String: Double] = [:]
    var indexes: [String: Double] = [:]
    for row in try postgres.query(Self.sql, in: database) {
      let fields = row.split(separator: "|")
      guard fields.count == 3 else { continue }
      if fields[0] == "index" {
        indexes[String(fields[1])] = Double(fields[2])
      } else {
        values[String(fields[1])] = Double(fields[2])
      }
    }
    self.values = values
    self.indexes = indexes
  }

  /// Bytes of the table.
  var table: Double { value("table") }
  /// Bytes of the table and its indexes.
  var total: Double { indexes.values.reduce(table, +) }
  /// Rows that are dead and not yet removed, as PostgreSQL estimates them.
  var deadTuples: Double { value("n_dead_tup") }
  /// Rows that have been updated, each of which left a dead version.
  var updated: Double { value("n_tup_upd") }
  /// Updates among them that changed no index.
  var hotUpdated: Double { value("n_tup_hot_upd") }
  var deleted: Double { value("n_tup_del") }
  /// Bytes of the write-ahead log.
  var wal: Double { value("wal") }

  private func value(_ name: String) -> Double { values[name] ?? .nan }

  private static let sql = """
    SELECT 'value', 'table', pg_table_size('timerd.timers') UNION ALL
    SELECT 'value', 'wal', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint UNION ALL
    SELECT 'index', indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
    WHERE schemaname = 'timerd' AND relname = 'timers' UNION ALL
    SELECT 'value', pair.name, pair.number FROM pg_stat_user_tables, LATERAL (VALUES
      ('n_dead_tup', n_dead_tup), ('n_tup_upd', n_tup_upd), ('n_tup_hot_upd', n_tup_hot_upd),
      ('n_tup_del', n_tup_del)) AS pair(name, number)
    WHERE schemaname = 'timerd' AND relname = 'timers'
    """
}
