import Foundation
import TestSupport
import TimerModel

/// The table of timers in one schema, which a test fills, empties and analyzes past the store.
struct PlanTable {
  let server: PostgresServer
  let schema: String

  /// The number of scheduled timers; ten times as many have ended. The environment's TIMERD_PLAN_ROWS sets another one.
  static let rows = ProcessInfo.processInfo.environment["TIMERD_PLAN_ROWS"].flatMap { Int($0) } ?? 3_000

  /// Inserts timers that are scheduled, in another order than the one in which they are due.
  func addScheduled(_ count: Int = PlanTable.rows, named name: String = "s") throws {
    try insert(count, named: name, phase: "0", updatedAt: "NULL")
  }

  /// Inserts timers whose life is over, in each of the ways in which it may be.
  func addEnded(_ count: Int = PlanTable.rows * 10, named name: String = "e") throws {
    try insert(
      count, named: name, phase: "1 + i % 3", updatedAt: "\(PostgresHarness.past.milliseconds) + i")
  }

  /// Inserts timers with one tag each, whose entries may be there already, since nothing deletes them.
  private func insert(_ count: Int, named name: String, phase: String, updatedAt: String) throws {
    let past = PostgresHarness.past.milliseconds
    try server.query(
      """
      INSERT INTO \(schema).timers (group_id, timer_id, shard, due_at, firing_id, destination, payload, created_at,
        updated_at, phase, tags)
      SELECT convert_to('f' || i % 200, 'UTF8'), convert_to('\(name)' || i, 'UTF8'), i % 4,
        \(past) + i::bigint * 7919 % \(count), gen_random_uuid(), 'http://example.com/hook', repeat('1', 100)::bytea,
        \(past), \(updatedAt), \(phase), convert_to('{"customer":"' || i % 7 || '"}', 'UTF8')
      FROM generate_series(1, \(count)) AS i
      """)
    try server.query(
      """
      INSERT INTO \(schema).tags
      SELECT convert_to('customer:' || i % 7, 'UTF8'), convert_to('f' || i % 200, 'UTF8'),
        convert_to('\(name)' || i, 'UTF8')
      FROM generate_series(1, \(count)) AS i ON CONFLICT DO NOTHING
      """)
  }

  /// Inserts messages that wait to be published.
  func addMessages() throws {
    try server.query(
      """
      INSERT INTO \(schema).outbox (created_at, id, shard, topic, headers)
      SELECT 0, gen_random_uuid(), i % 4, 'events', '[]' FROM generate_series(1, 5000) AS i
      """)
  }

  /// Deletes timers, and reads the places where they were: that clears the index as vacuum would, and leaves the statistics alone.
  func delete(where condition: String) throws {
    try server.query("DELETE FROM \(schema).timers WHERE \(condition)")
    try server.query(
      """
      SET enable_seqscan = off; SET enable_bitmapscan = off;
      SELECT count(due_at) FROM \(schema).timers WHERE phase = 0
      """)
  }

  func analyze() throws {
    let tables = ["timers", "tags", "outbox", "command_offsets", "leases", "nodes"].map { "\(schema).\($0)" }
    try server.query("ANALYZE \(tables.joined(separator: ", "))")
  }

  /// Writes numbers of rows and pages into the statistics of the table, or of one of its indexes.
  func claim(rows: Int, pages: Int, of relation: String) throws {
    try server.query(
      """
      UPDATE pg_class SET reltuples = \(rows), relpages = \(pages) WHERE oid = '\(schema).\(relation)'::regclass
      """)
  }

  func drop() throws { try server.query("DROP SCHEMA \(schema) CASCADE") }
}
