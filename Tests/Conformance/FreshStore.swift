import FoundationEssentials
import NodeRuntime
import PersistenceMySQL
import PersistencePostgres
import PersistenceSQLite
import TestSupport
import TimerModel
import TimerTesting

/// Empty stores that take their time from a clock in hand, one for each case of a conformance suite.
enum FreshStore {
  /// Runs `body` with a store in a file of its own.
  static func sqlite(
    clock: ManualClock = ManualClock(), _ body: (SQLiteTimerStore, ManualClock) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // What remains is in the temporary directory.
    let store = try await SQLiteTimerStore.open(path: folder.appending(path: "t.db").path, clock: clock)
    try await body(store, clock)
    try store.close()
  }

  /// Runs `body` with a store in a schema of its own on a real server.
  static func postgres(
    schema: String, clock: ManualClock = ManualClock(),
    _ body: (PostgresTimerStore, ManualClock) async throws -> Void
  ) async throws {
    let configuration = PostgresConfiguration(
      connectionString: try PostgresServer.shared().connectionString, schema: schema.lowercased(),
      connections: 2, backgroundConnections: 1, connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await PostgresTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await body(store, clock)
    await store.close()
  }

  /// Runs `body` with a store in a database of its own on a real server.
  static func mysql(
    database: String, clock: ManualClock = ManualClock(),
    _ body: (MySQLTimerStore, ManualClock) async throws -> Void
  ) async throws {
    let configuration = MySQLConfiguration(
      address: try MariaDBServer.shared().address(database: database.lowercased()), connections: 2,
      backgroundConnections: 1, connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await MySQLTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await body(store, clock)
    await store.close()
  }
}
