import Foundation

/// Stores full of timers that are due from tomorrow on, filled by SQL and kept for the next run.
enum PendingTimers {
  private static let part = 1_000_000

  /// A store with `count` pending timers, which is made if it is not there.
  static func store(_ count: Int, _ bench: Bench) throws -> any FilledStore {
    let name = "pending_\(count)"
    switch bench.options.store {
    case .postgres:
      let postgres = try bench.postgres()
      if try postgres.has(name) { return FilledDatabase(name, postgres) }
      say(count)
      try postgres.renew("filling")
      try migrate(postgres.address(of: "filling"), bench)
      try fill(FilledDatabase("filling", postgres), count)
      try postgres.query("VACUUM ANALYZE timerd.timers", in: "filling")
      try postgres.query("ALTER DATABASE filling RENAME TO \(name)")
      return FilledDatabase(name, postgres)
    case .embedded:
      let folder = bench.folder.appending(path: name)
      let filled = FilledFile(folder)
      if FileManager.default.fileExists(atPath: folder.path) { return filled }
      say(count)
      let filling = bench.folder.appending(path: "filling")
      try? FileManager.default.removeItem(at: filling)  // What an interrupted run has left.
      try migrate("sqlite:\(FilledFile(filling).site)", bench)
      try fill(FilledFile(filling), count)
      try FileManager.default.moveItem(at: filling, to: folder)
      return filled
    }
  }

  private static func say(_ count: Int) { Progress.say("fills a store with \(count) pending timers") }

  private static func migrate(_ store: String, _ bench: Bench) throws {
    try ChildProcess.run([bench.options.timerd, "migrate", "--store", store])
  }

  private static func fill(_ store: any FilledStore, _ count: Int) throws {
    for start in stride(from: 0, to: count, by: part) {
      try store.insert(
        from: start, to: min(start + part, count), dueAt: "86400000 + i * 3153", group: "waiting")
    }
    try store.writeBack()
  }
}

/// A store that timers are written to by SQL, as the service stores them, while no node runs on it.
protocol FilledStore {
  /// The name that `Bench.site(on:)` uses.
  var site: String { get }
  /// Returns the sizes of its parts in bytes; the first is the total.
  func sizes() throws -> [(name: String, bytes: Double)]
  /// Inserts timers numbered `start` to `end` - 1, due `dueAt` milliseconds from now, an expression of `i`, their number.
  func insert(from start: Int, to end: Int, dueAt: String, group: String) throws
  /// Removes all timers of a group.
  func remove(group: String) throws
  /// Brings all that was written to where it stays.
  func writeBack() throws
}

extension FilledStore {
  static var payload: String { "{\"order\":\"\(String(repeating: "x", count: 88))\"}" }
  static var destination: String { "http://127.0.0.1:9000/callbacks" }
}
