import Testing
import TimerTesting

@Suite struct TimerSearchConformanceTests {
  @Test(arguments: TimerSearchConformance.allCases)
  func inMemory(behaviour: TimerSearchConformance) async throws {
    let clock = ManualClock()
    try await behaviour.run(on: TimerSearchHarness(store: InMemoryTimerStore(clock: clock), clock: clock))
  }
}
