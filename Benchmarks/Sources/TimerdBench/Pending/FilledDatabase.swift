/// A database of PostgreSQL that is full of timers.
struct FilledDatabase: FilledStore {
  let site: String
  private let postgres: PostgresServer

  init(_ name: String, _ postgres: PostgresServer) {
    site = name
    self.postgres = postgres
  }

  func sizes() throws -> [(name: String, bytes: Double)] {
    try [
      ("PostgreSQL", "pg_total_relation_size('timerd.timers')"),
      ("the table", "pg_table_size('timerd.timers')"),
      ("the primary key", "pg_relation_size('timerd.timers_pkey')"),
    ].map { ($0, try postgres.number("SELECT \($1)", in: site)) }
  }

  func insert(from start: Int, to end: Int, dueAt: String, group: String) throws {
    try postgres.query(
      """
      INSERT INTO timerd.timers (due_at, created_at, firing_id, shard, group_id, timer_id, destination, payload)
      SELECT due, now, gen_random_uuid(), i % 64, '\(group)', convert_to('o' || lpad(i::text, 12, '0'), 'UTF8'),
        '\(Self.destination)', '\(Self.payload)'
      FROM (SELECT i, now, now + \(dueAt) AS due FROM generate_series(\(start)::bigint, \(end - 1)) AS i,
        (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock) AS rows
      """, in: site)
  }

  func remove(group: String) throws {
    try postgres.query("DELETE FROM timerd.timers WHERE group_id = '\(group)'", in: site)
  }

  func writeBack() throws { try postgres.query("CHECKPOINT") }
}
