import Testing
import TimerModel

@testable import Scheduler

@Suite struct SweepTests {
  private let now = MachineSample.now
  private var sweep = Sweep(configuration: MachineSample.configuration)

  @Test mutating func oneSweepIsInProgress() {
    #expect(sweep.dueAt == .distantPast)
    _ = sweep.startSearch(now)
    sweep.schedule(at: now.monotonic)
    #expect(sweep.dueAt == .distantFuture)
    sweep.fail()
    #expect(sweep.dueAt == now.monotonic, "what was scheduled meanwhile is not forgotten")
  }

  @Test mutating func searchLooksForMissedTimers() {
    let query = sweep.startSearch(now)
    #expect(query == Sweep.Query(before: now.store - .seconds(1), limit: 1000))
    sweep.end(found: 1000, isPolling: false)
    #expect(sweep.dueAt == now.monotonic + .seconds(2))
  }

  @Test(arguments: [(true, -50), (false, 50)] as [(Bool, Int64)])
  func pollLooksForDueTimers(isIndexUsable: Bool, milliseconds: Int64) {
    var sweep = sweep
    let query = sweep.startPoll(limit: 7, isIndexUsable: isIndexUsable, now)
    #expect(query == Sweep.Query(before: now.store + .milliseconds(milliseconds), limit: 7))
    sweep.end(found: 0, isPolling: true)
    #expect(sweep.dueAt == now.monotonic + .milliseconds(200))
  }

  @Test(arguments: [(7, true, true), (6, true, false), (7, false, false)])
  func onlyBacklogIsPolledAtOnce(found: Int, isPolling: Bool, isBacklog: Bool) {
    var sweep = sweep
    _ = sweep.startPoll(limit: 7, isIndexUsable: false, now)
    sweep.end(found: found, isPolling: isPolling)
    let pollAt = sweep.dueAt
    sweep.pollAgainIfBacklogged(at: now.monotonic)
    #expect(sweep.dueAt == (isBacklog ? now.monotonic : pollAt))
    sweep.schedule(at: pollAt)
    sweep.pollAgainIfBacklogged(at: now.monotonic)
    #expect(sweep.dueAt == pollAt, "once for each poll")
  }
}
