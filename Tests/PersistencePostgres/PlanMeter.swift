import Synchronization
import TestSupport
import Testing

/// Compares the blocks that calls touch with those that a look-up of each timer takes.
final class PlanMeter: Sendable {
  /// Nil where calls are only to plan their statements.
  private let server: PostgresServer?
  private let session: String
  private let asked = Mutex(0)

  init(_ server: PostgresServer?, session: String) {
    self.server = server
    self.session = session
  }

  /// The number of timers and other rows that calls have asked for.
  var rowsAsked: Int { asked.withLock { $0 } }

  /// Does `work`, which asks for `rows` rows.
  ///
  /// A look-up by key touches 4 blocks, and 5 with ten million rows: a page of each level and the row's. A settlement with a message
  /// touches most: 21, and up to 27 with ten million rows. It looks each timer up twice and writes to the table, to two of its indexes, and
  /// to the outbox. The first call of a session reads less than 100 blocks of the catalogs. A plan that reads an index as a whole touches
  /// thousands.
  func count<Value>(_ name: String, rows: Int, _ work: () async throws -> Value) async throws -> Value {
    asked.withLock { $0 += rows }
    guard let server else { return try await work() }
    _ = try server.touchedBlocks()
    let value = try await work()
    let blocks = try server.touchedBlocks()
    #expect(blocks <= 40 * rows + 100, "\(session): \(name) of \(rows) rows touched \(blocks) blocks")
    return value
  }
}
