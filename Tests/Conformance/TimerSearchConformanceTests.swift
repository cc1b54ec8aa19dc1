import Testing
import TimerTesting

@Suite struct TimerSearchConformanceTests {
  @Test(arguments: TimerSearchConformance.allCases)
  func inMemory(behaviour: TimerSearchConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: TimerSearchHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }

  @Test(arguments: TimerSearchConformance.allCases)
  func sqlite(behaviour: TimerSearchConformance) async throws {
    try await FreshStore.sqlite { store, clock in
      try await behaviour.run(on: TimerSearchHarness(store: store, clock: clock))
    }
  }

  @Test(arguments: TimerSearchConformance.allCases)
  func postgres(behaviour: TimerSearchConformance) async throws {
    try await FreshStore.postgres(schema: "search_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: TimerSearchHarness(store: store, clock: clock))
    }
  }
}
