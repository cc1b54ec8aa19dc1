import Testing
import TimerTesting

@Suite struct MySQLConformanceTests {
  @Test(arguments: TimerStoreConformance.allCases)
  func store(behaviour: TimerStoreConformance) async throws {
    try await MySQLHarness.withFreshStore(in: "conformance_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: StoreHarness(store: store, clock: clock))
    }
  }

  @Test(arguments: NodeRegistryConformance.allCases)
  func registry(behaviour: NodeRegistryConformance) async throws {
    try await MySQLHarness.withFreshStore(in: "registry_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: NodeRegistryHarness(store: store, clock: clock))
    }
  }

  @Test(arguments: CommandLogConformance.allCases)
  func commandLog(behaviour: CommandLogConformance) async throws {
    try await MySQLHarness.withFreshStore(in: "log_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: CommandLogHarness(store: store, clock: clock))
    }
  }
}
