import FoundationEssentials
import NodeRuntime
import PersistencePostgres
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

@Suite struct CommandLogConformanceTests {
  @Test(arguments: CommandLogConformance.allCases)
  func inMemory(behaviour: CommandLogConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: CommandLogHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }

  @Test(arguments: CommandLogConformance.allCases)
  func sqlite(behaviour: CommandLogConformance) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // What remains is in the temporary directory.
    let clock = ManualClock()
    let store = try await SQLiteTimerStore.open(path: folder.appending(path: "t.db").path, clock: clock)
    try await behaviour.run(on: CommandLogHarness(store: store, clock: clock))
    try store.close()
  }

  @Test(arguments: CommandLogConformance.allCases)
  func postgres(behaviour: CommandLogConformance) async throws {
    let clock = ManualClock()
    let configuration = PostgresConfiguration(
      connectionString: try PostgresServer.shared().connectionString,
      schema: "log_\(behaviour.rawValue.lowercased())", connections: 2, backgroundConnections: 1,
      connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await PostgresTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await behaviour.run(on: CommandLogHarness(store: store, clock: clock))
    await store.close()
  }
}
