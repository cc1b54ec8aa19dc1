import Scheduler
import Testing
import TimerModel

/// Timers that Delivery gave back and has room for again.
@Suite struct RecalledTimersTests {
  @Test func releasedTimersAreClaimedEarly() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 8000)
    harness.handle(.recalled([entry]))
    let claim = try #require(harness.claims.last)
    #expect(claim.entries == [entry])
    #expect(claim.ahead == .seconds(8))
    harness.answerClaim([.claimed(harness.timer(entry))])
    #expect(harness.delivered.map(\.timer.key.timerID) == ["a"])
    #expect(harness.removed == [entry], "it leaves the index")
  }

  @Test func releasedAndDueTimersAlternate() {
    var harness = SchedulerHarness(timers: 2)
    harness.becomeIdle()
    let called = (0..<4).map { harness.entry("called\($0)", in: 8000) }
    let due = harness.entry("due", in: 0)
    harness.handle(.recalled(called), .timersDue([due]))
    #expect(harness.claims.last?.entries == Array(called[..<2]), "as many as there is room for")
    harness.answerClaim([.gone, .gone])
    harness.handle(.indexChangesApplied(true))
    harness.answerIndex([due])
    #expect(harness.claims.last?.entries == [due])
    harness.answerClaim([.gone])
    harness.handle(.indexChangesApplied(true))
    #expect(harness.claims.last?.entries == Array(called[2...]))
  }

  @Test func failedClaimIsRepeated() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 8000)
    harness.handle(.recalled([entry]))
    harness.failClaim()
    let before = harness.claims.count
    harness.pass(.seconds(1))
    #expect(harness.claims.count > before)
    #expect(harness.claims.last?.entries == [entry] && harness.claims.last?.ahead == .seconds(7))
  }

  @Test func overBudgetTimersAreClaimedAgain() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entries = [harness.entry("a", in: 8000), harness.entry("b", in: 8000)]
    harness.handle(.recalled(entries))
    harness.answerClaim([.claimed(harness.timer(entries[0])), .overBudget])
    harness.handle(.indexChangesApplied(true))
    #expect(harness.claims.last?.entries == [entries[1]])
    #expect(harness.claims.last?.ahead == .seconds(8))
  }

  @Test func extremeDueTimesAreClaimed() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    for milliseconds in [Int64.min, -1, 0, .max] {
      let entry = DueEntry(
        key: TimerKey(groupID: "g", timerID: "t\(milliseconds)"), shard: 0,
        dueAt: Timestamp(milliseconds: milliseconds))
      harness.handle(.recalled([entry]))
      harness.answerClaim([.gone])
      harness.handle(.indexChangesApplied(true))
      #expect(harness.claims.last?.entries == [entry])
    }
  }
}
