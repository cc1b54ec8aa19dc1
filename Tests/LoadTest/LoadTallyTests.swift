import LoadTest
import Testing
import TimerModel

@Suite struct LoadTallyTests {
  /// Four timers, one a second, each due five seconds after its creation.
  private static func tally() -> LoadTally {
    var plan = LoadPlan(target: "http://t", rate: 1)
    plan.duration = .seconds(4)
    return LoadTally(plan: plan, start: 1_000_000_000)
  }

  /// Returns the due time of a timer, on the wall clock in microseconds.
  private static func due(_ number: Int) -> Int64 { 1_005_000_000 + Int64(number) * 1_000_000 }

  @Test func latencyCountsFromPlannedTime() {
    var tally = Self.tally()
    tally.answered(2, status: 201, at: 2_750_000)
    #expect(abs(tally.report.creationLatency.max - 750) < 1)
  }

  @Test func punctualUniqueCallbacksPass() {
    var tally = Self.tally()
    for number in 0..<4 {
      #expect(!tally.isComplete)
      tally.answered(number, status: 201, at: Int64(number) * 1_000_000 + 500)
      tally.arrived(number, at: Self.due(number) + 2000)
    }
    #expect(tally.isComplete)
    #expect(tally.report.isGood)
    #expect(tally.report.lateness.max >= 2 && tally.report.lateness.max < 2.01)
  }

  @Test func callbackMayPrecedeCreationResponse() {
    var tally = Self.tally()
    tally.arrived(0, at: Self.due(0))
    tally.answered(0, status: 201, at: 100)
    #expect(tally.report.lost == 0 && tally.report.fired == 1)
  }

  @Test func failureKindsAreDistinguished() {
    var tally = Self.tally()
    for number in 0..<2 { tally.answered(number, status: 201, at: 0) }
    tally.answered(2, status: 503, at: 0)
    tally.answered(3, status: nil, at: 0)
    tally.arrived(0, at: Self.due(0) - 1)
    tally.arrived(0, at: Self.due(0) + 1)
    let report = tally.report
    #expect([report.created, report.refused, report.failed, report.fired] == [2, 1, 1, 1])
    #expect([report.lost, report.early, report.copies] == [1, 1, 1])
    #expect(!report.isGood && !tally.isComplete)
  }

  @Test(arguments: ["p50", "p90", "p99", "p999", "max"])
  func jsonHasEveryPercentile(name: String) {
    let json = Self.tally().report.json
    #expect(json.ranges(of: "\"\(name)\":").count == 2)
  }

  @Test(arguments: ["p50", "p90", "p99", "p99.9", "max"])
  func textHasEveryPercentile(name: String) {
    let text = Self.tally().report.text
    #expect(text.ranges(of: "\(name) 0.0 ms").count == 2)
  }

  @Test func callbacksOfOtherRunsAreIgnored() {
    var tally = Self.tally()
    tally.arrived(99, at: Self.due(0))
    tally.arrived(-1, at: Self.due(0))
    #expect(tally.report.fired == 0)
  }
}
