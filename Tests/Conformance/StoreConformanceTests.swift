import FoundationEssentials
import NodeRuntime
import PersistencePostgres
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

@Suite struct StoreConformanceTests {
  @Test(arguments: TimerStoreConformance.allCases)
  func inMemory(behaviour: TimerStoreConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: StoreHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }

  @Test(arguments: TimerStoreConformance.allCases, BatchAtomicity.allCases)
  func partlyFailing(behaviour: TimerStoreConformance, atomicity: BatchAtomicity) async throws {
    let clock = ManualClock()
    let store = PartlyFailingTimerStore(atomicity, clock: clock)
    try await behaviour.run(on: StoreHarness(store: store, clock: clock) { store.failNextBatch() })
  }

  @Test(arguments: TimerStoreConformance.allCases)
  func sqlite(behaviour: TimerStoreConformance) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // What remains is in the temporary directory.
    let clock = ManualClock()
    let store = try await SQLiteTimerStore.open(path: folder.appending(path: "t.db").path, clock: clock)
    try await behaviour.run(on: StoreHarness(store: store, clock: clock))
    try store.close()
  }

  @Test(arguments: TimerStoreConformance.allCases)
  func postgres(behaviour: TimerStoreConformance) async throws {
    let clock = ManualClock()
    let configuration = PostgresConfiguration(
      connectionString: try PostgresServer.shared().connectionString,
      schema: "conformance_\(behaviour.rawValue.lowercased())", connections: 2, backgroundConnections: 1,
      connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await PostgresTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await behaviour.run(on: StoreHarness(store: store, clock: clock))
    await store.close()
  }
}

@Suite struct NodeRegistryConformanceTests {
  @Test(arguments: NodeRegistryConformance.allCases)
  func inMemory(behaviour: NodeRegistryConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: NodeRegistryHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }

  @Test(arguments: NodeRegistryConformance.allCases)
  func postgres(behaviour: NodeRegistryConformance) async throws {
    let clock = ManualClock()
    let configuration = PostgresConfiguration(
      connectionString: try PostgresServer.shared().connectionString,
      schema: "registry_\(behaviour.rawValue.lowercased())", connections: 2, backgroundConnections: 1,
      connectTimeout: .seconds(30), statementTimeout: .seconds(30))
    let store = try await PostgresTimerStore.open(
      configuration: configuration, clock: SystemClock(), testTime: { clock.now().store })
    try await behaviour.run(on: NodeRegistryHarness(store: store, clock: clock))
    await store.close()
  }
}
