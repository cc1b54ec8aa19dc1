import Foundation

/// The file of an embedded store that is full of timers.
struct FilledFile: FilledStore {
  let site: String

  /// Of a sum `dbstat` gives the number of pages as `pageno`; its number of bytes is wrong from 2 GiB on.
  private static let sizeOfPart =
    "SELECT pageno * page_size FROM dbstat, pragma_page_size WHERE aggregate = TRUE"

  /// A file in a folder of its own.
  init(_ folder: URL) { site = folder.appending(path: "timerd.db").path }

  func sizes() throws -> [(name: String, bytes: Double)] {
    let file = try SQLiteFile(site)
    let whole = try file.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    return try [("the file", whole)]
      + [("the table", "timers"), ("the index of keys", "timers_key"), ("the due index", "timers_due")].map {
        ($0, try file.number("\(Self.sizeOfPart) AND name = '\($1)'"))
      }
  }

  func insert(from start: Int, to end: Int, dueAt: String, group: String) throws {
    let now = Bench.nowMilliseconds()
    try SQLiteFile(site).execute(
      """
      PRAGMA synchronous = OFF;
      PRAGMA cache_size = -200000;
      WITH RECURSIVE numbers(i) AS (VALUES(\(start)) UNION ALL SELECT i + 1 FROM numbers WHERE i < \(end - 1))
      INSERT INTO timers (group_id, timer_id, shard, phase, due_at, execute_at, destination, payload, revision,
        firing_high, firing_low, attempt, claim_number, created_at, updated_at)
      SELECT '\(group)', printf('o%012d', i), i % 64, 0, \(now) + \(dueAt), \(now) + \(dueAt), '\(Self.destination)',
        CAST('\(Self.payload)' AS BLOB), 1, random(), random(), 0, 0, \(now), \(now) FROM numbers;
      """)
  }

  func remove(group: String) throws {
    try SQLiteFile(site).execute("DELETE FROM timers WHERE group_id = '\(group)'")
  }

  func writeBack() throws { try SQLiteFile(site).execute("PRAGMA wal_checkpoint(TRUNCATE)") }
}
