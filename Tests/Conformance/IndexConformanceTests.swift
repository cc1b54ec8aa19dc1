import Scheduler
import Testing
import TimerTesting

@Suite struct IndexConformanceTests {
  @Test(arguments: TimerIndexConformance.allCases)
  func inProcess(behaviour: TimerIndexConformance) async throws {
    try await behaviour.run(on: InProcessTimerIndex())
  }
}
