import Foundation

/// Databases full of timers that are due from tomorrow on, filled by SQL and kept for the next run.
enum PendingTimers {
  private static let part = 1_000_000

  /// The name of a database with `count` pending timers, which is made if it is not there.
  static func database(_ count: Int, _ bench: Bench) throws -> String {
    let postgres = try bench.postgres()
    let name = "pending_\(count)"
    if try postgres.has(name) { return name }
    Progress.say("fills a database with \(count) pending timers")
    try postgres.renew("filling")
    try migrate("filling", postgres, bench)
    for start in stride(from: 0, to: count, by: part) {
      try insert(
        from: start, to: min(start + part, count), dueAt: "86400000 + i * 3153", in: "filling", postgres)
    }
    try postgres.query("VACUUM ANALYZE timerd.timers", in: "filling")
    try postgres.query("CHECKPOINT")
    try postgres.query("ALTER DATABASE filling RENAME TO \(name)")
    return name
  }

  /// Inserts timers numbered `start` to `end` - 1, due `dueAt` milliseconds from now, as the service stores them.
  static func insert(
    from start: Int, to end: Int, dueAt: String, in database: String, group: String = "waiting",
    _ postgres: PostgresServer
  ) throws {
    let payload = "{\"order\":\"\(String(repeating: "x", count: 88))\"}"
    try postgres.query(
      """
      INSERT INTO timerd.timers (due_at, created_at, firing_id, shard, group_id, timer_id, destination, payload)
      SELECT due, now, gen_random_uuid(), i % 64, '\(group)', convert_to('o' || lpad(i::text, 12, '0'), 'UTF8'),
        'http://127.0.0.1:9000/callbacks', '\(payload)'
      FROM (SELECT i, now, now + \(dueAt) AS due FROM generate_series(\(start)::bigint, \(end - 1)) AS i,
        (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock) AS rows
      """, in: database)
  }

  private static func migrate(_ database: String, _ postgres: PostgresServer, _ bench: Bench) throws {
    try ChildProcess.run([bench.options.timerd, "migrate", "--store", postgres.address(of: database)])
  }
}
