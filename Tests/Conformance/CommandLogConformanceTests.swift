import Testing
import TimerTesting

@Suite struct CommandLogConformanceTests {
  @Test(arguments: CommandLogConformance.allCases)
  func inMemory(behaviour: CommandLogConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: CommandLogHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }

  @Test(arguments: CommandLogConformance.allCases)
  func sqlite(behaviour: CommandLogConformance) async throws {
    try await FreshStore.sqlite { store, clock in
      try await behaviour.run(on: CommandLogHarness(store: store, clock: clock))
    }
  }

  @Test(arguments: CommandLogConformance.allCases)
  func postgres(behaviour: CommandLogConformance) async throws {
    try await FreshStore.postgres(schema: "log_\(behaviour.rawValue)") { store, clock in
      try await behaviour.run(on: CommandLogHarness(store: store, clock: clock))
    }
  }
}
