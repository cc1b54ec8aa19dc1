import Scheduler
import Testing
import TimerModel

/// Timers that Delivery gave back and has room for again.
@Suite struct RecalledTimersTests {
  @Test func releasedTimersAreClaimedEarly() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 8000)
    bench.hear(.recalled([entry]))
    let claim = try #require(bench.claims.last)
    #expect(claim.entries == [entry])
    #expect(claim.ahead == .seconds(8))
    bench.answerClaim([.claimed(bench.timer(entry))])
    #expect(bench.delivered.map(\.timer.key.timerID) == ["a"])
    #expect(bench.removed == [entry], "it leaves the index")
  }

  @Test func releasedAndDueTimersAlternate() {
    var bench = SchedulerHarness(timers: 2)
    bench.becomeIdle()
    let called = (0..<4).map { bench.entry("called\($0)", in: 8000) }
    let due = bench.entry("due", in: 0)
    bench.hear(.recalled(called), .timersDue([due]))
    #expect(bench.claims.last?.entries == Array(called[..<2]), "as many as there is room for")
    bench.answerClaim([.gone, .gone])
    bench.hear(.indexChangesApplied(true))
    bench.answerIndex([due])
    #expect(bench.claims.last?.entries == [due])
    bench.answerClaim([.gone])
    bench.hear(.indexChangesApplied(true))
    #expect(bench.claims.last?.entries == Array(called[2...]))
  }

  @Test func failedClaimIsRepeated() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 8000)
    bench.hear(.recalled([entry]))
    bench.failClaim()
    let before = bench.claims.count
    bench.pass(.seconds(1))
    #expect(bench.claims.count > before)
    #expect(bench.claims.last?.entries == [entry] && bench.claims.last?.ahead == .seconds(7))
  }

  @Test func overBudgetTimersAreClaimedAgain() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entries = [bench.entry("a", in: 8000), bench.entry("b", in: 8000)]
    bench.hear(.recalled(entries))
    bench.answerClaim([.claimed(bench.timer(entries[0])), .overBudget])
    bench.hear(.indexChangesApplied(true))
    #expect(bench.claims.last?.entries == [entries[1]])
    #expect(bench.claims.last?.ahead == .seconds(8))
  }

  @Test func extremeDueTimesAreClaimed() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    for milliseconds in [Int64.min, -1, 0, .max] {
      let entry = DueEntry(
        key: TimerKey(groupID: "g", timerID: "t\(milliseconds)"), shard: 0,
        dueAt: Timestamp(milliseconds: milliseconds))
      bench.hear(.recalled([entry]))
      bench.answerClaim([.gone])
      bench.hear(.indexChangesApplied(true))
      #expect(bench.claims.last?.entries == [entry])
    }
  }
}
