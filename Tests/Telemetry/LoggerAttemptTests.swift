import Logging
import Telemetry
import TestSupport
import Testing

@Suite struct LoggerAttemptTests {
  private struct CountError: Error {}

  @Test func errorIsLoggedAndBecomesNil() async {
    let log = RecordedLog()
    let count: Int? = await log.logger.attempt(orLog: "count failed") { throw CountError() }
    #expect(count == nil)
    #expect(log.entries.map(\.message) == ["count failed"])
  }

  @Test func endOfCancelledWorkIsNotLogged() async {
    let log = RecordedLog()
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      group.addTask {
        _ = await log.logger.attempt(orLog: "count failed") { try Task.checkCancellation() }
      }
    }
    #expect(log.entries.isEmpty)
  }
}
