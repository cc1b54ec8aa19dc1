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
    try await FreshStore.sqlite { store, clock in
      try await behaviour.run(on: StoreHarness(store: store, clock: clock))
    }
  }

  @Test(arguments: TimerStoreConformance.allCases)
  func postgres(behaviour: TimerStoreConformance) async throws {
    try await FreshStore.postgres(schema: "conformance_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: StoreHarness(store: store, clock: clock))
    }
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
    try await FreshStore.postgres(schema: "registry_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: NodeRegistryHarness(store: store, clock: clock))
    }
  }
}
