import Foundation

/// What it costs to keep timers that are not due: on disk, in Redis, in memory, idle, and at the start.
struct WaitingWorkload: Workload {
  let pending: Int
  var name: String { "waiting \(pending)" }
  private static let nearTerm = 100_000

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let postgres = try bench.postgres()
    let database = try PendingTimers.database(pending, bench)
    if number == 0 { try reportDisk(database, postgres, bench) }
    // Due in the half of the near-term window that is always filled, but not while this runs.
    let near = min(Self.nearTerm, pending / 10)
    try postgres.query("DELETE FROM timerd.timers WHERE group_id = 'near'", in: database)
    try PendingTimers.insert(
      from: 0, to: near, dueAt: "90000 + i % 50000", in: database, group: "near", postgres)
    let redis = try bench.redis()
    try redis.command("flushall")
    let empty = try redis.usedBytes()
    let site = try bench.site(on: database)
    defer {
      site.timerd.stop()
      // They would be due while something else is measured.
      _ = try? postgres.query("DELETE FROM timerd.timers WHERE group_id = 'near'", in: database)
    }
    bench.report.add("\(name): start to readiness", site.timerd.secondsToReadiness, "s", isCost: true)
    let start = Date()
    try Waiting.until("the near-term index is filled", within: 60, every: 100_000) {
      // The index stops within a page of its limit.
      try site.indexedTimers() >= near * 98 / 100
    }
    bench.report.add(
      "\(name): start to \(near) near-term timers in Redis", Date().timeIntervalSince(start), "s",
      isCost: true)
    sleep(3)
    bench.report.add(
      "\(name): Redis per near-term timer",
      Double(try redis.usedBytes() - empty) / Double(try site.indexedTimers()), "bytes", isCost: true)
    let before = site.cpuSeconds()
    let idleSeconds: UInt32 = bench.options.isQuick ? 5 : 20
    sleep(idleSeconds)
    for (process, seconds) in site.cpuSeconds().sorted(by: { $0.key < $1.key }) {
      bench.report.add(
        "\(name): idle CPU of \(process)", (seconds - (before[process] ?? 0)) / Double(idleSeconds) * 100,
        "% of a core",
        isCost: true)
    }
    bench.report.add(
      "\(name): resident memory", Double(site.timerd.residentBytes()) / 1e6, "MB", isCost: true)
  }

  private func reportDisk(_ database: String, _ postgres: PostgresServer, _ bench: Bench) throws {
    for (what, size) in [
      ("PostgreSQL per timer", "pg_total_relation_size('timerd.timers')"),
      ("of it the table", "pg_table_size('timerd.timers')"),
      ("of it the primary key", "pg_relation_size('timerd.timers_pkey')"),
    ] {
      let bytes = try postgres.number("SELECT \(size)", in: database)
      bench.report.add("\(name): \(what)", bytes / Double(pending), "bytes", isCost: true)
    }
  }
}
