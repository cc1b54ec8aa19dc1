import TestSupport

// What tests ask the store of a service for.
extension PostgresServer {
  /// Returns the address of a server on this port, or of its proxy, as the service takes it.
  static func url(port: Int) -> String { "postgres://app@127.0.0.1:\(port)/postgres?sslmode=disable" }

  /// Returns the number of records read from commands topics.
  func recordsRead() throws -> Int {
    let rows = try query("SELECT coalesce(sum(next_offset), 0) FROM timerd.command_offsets")
    return rows.first.flatMap { Int($0) } ?? 0
  }

  /// Waits until so many have been read.
  func wait(forRecords count: Int) async throws {
    try await eventually("\(count) records") { try recordsRead() == count }
  }
}
