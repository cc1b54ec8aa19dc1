import Scheduler
import Testing
import TimerModel

/// An index that fails, forgets, does not answer or lists nothing but the past.
@Suite struct IndexLossTests {
  /// The ways in which an engine learns of a failure.
  enum Notice: CaseIterable { case read, probe, addition, change }

  @Test(arguments: Notice.allCases)
  func indexFailureSweepsStoreAtOnce(notice: Notice) {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 0)
    if notice == .probe || notice == .change { harness.pass(.seconds(notice == .probe ? 10 : 2)) }
    if notice == .probe { harness.handle(.swept([])) }
    if notice == .change {
      harness.handle(.swept([entry]))
      harness.answerClaim([.gone])
    }
    if notice == .addition { harness.holdsAdditions = true }
    if notice == .read || notice == .addition { harness.handle(.timersDue([entry])) }
    let (sweeps, probes) = (harness.sweeps, harness.probes)
    switch notice {
    case .read: harness.handle(.indexRead(nil))
    case .probe: harness.handle(.indexProbed(nil))
    case .addition: harness.handle(.indexAdded(nil))
    case .change: harness.handle(.indexChangesApplied(false))
    }
    #expect(!harness.engine.usesIndex)
    #expect(harness.sweeps == sweeps + 1)
    #expect(harness.sweptBefore == harness.now.store + .milliseconds(50))
    #expect(harness.probes == probes + 1, "and the index how it is")
    harness.handle(.swept([entry]))
    #expect(harness.claims.last?.entries == [entry])
  }

  @Test func sweptTimersWaitForRunningClaim() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entries = ["a", "b", "c"].map { harness.entry($0, in: 0) }
    harness.handle(.timersDue([entries[0]]))
    harness.answerIndex([entries[0]])
    harness.handle(.indexProbed(nil))
    harness.handle(.swept([entries[1], entries[2]]))
    #expect(harness.claims.count == 1)
    harness.answerClaim([.gone])
    #expect(harness.claims.last?.entries == [entries[1], entries[2]])
  }

  @Test func slowReadFallsBackToStore() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 0)
    harness.handle(.timersDue([entry]))
    #expect(harness.reads == 1)
    let sweeps = harness.sweeps
    #expect(harness.wakeIn <= .milliseconds(250))
    harness.pass(.milliseconds(249))
    #expect(harness.sweeps == sweeps)
    harness.pass(.milliseconds(1))
    #expect(harness.sweeps == sweeps + 1)
    #expect(!harness.engine.usesIndex)
    harness.handle(.swept([entry]))
    #expect(harness.claims.last?.entries == [entry])
    harness.answerClaim([.claimed(harness.timer(entry))])
    harness.handle(.indexChangesApplied(true))
    let claims = harness.claims.count
    harness.answerIndex([entry])
    #expect(harness.claims.count == claims, "the late answer is not taken for that of a later read")
    #expect(harness.engine.usesIndex)
    #expect(harness.reads == 2, "it is read again at once")
    #expect(harness.engine.indexRebuilds == 0)
  }

  @Test func slowRemovalBlocksNoClaim() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entries = ["a", "b"].map { harness.entry($0, in: 0) }
    harness.handle(.timersDue([entries[0]]))
    harness.answerIndex([entries[0]])
    harness.answerClaim([.gone])
    harness.pass(.milliseconds(250))
    harness.handle(.swept([entries[1]]))
    #expect(harness.claims.last?.entries == [entries[1]])
    harness.handle(.indexChangesApplied(true))
    #expect(harness.engine.usesIndex)
    harness.answerClaim([.gone])
    #expect(harness.removed == entries)
  }

  @Test func slowAdditionFallsBackToStore() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.holdsAdditions = true
    let entry = harness.entry("a", in: 100)
    harness.handle(.timersDue([entry]))
    let sweeps = harness.sweeps
    harness.pass(.milliseconds(250))
    #expect(harness.sweeps == sweeps + 1)
    harness.handle(.indexAdded([entry]))
    #expect(harness.engine.usesIndex)
  }

  @Test func failedAdditionsAreKeptLocally() {
    var harness = SchedulerHarness(indexReadInterval: .seconds(1))
    harness.becomeIdle()
    harness.holdsAdditions = true
    let others = ["a", "b"].map { harness.entry($0, in: 30_000, shard: 63) }
    harness.handle(.timersDue([others[0], harness.entry("own", in: 30_000)]))
    harness.handle(.indexAdded(nil))
    harness.handle(.timersDue([others[1]]))
    #expect(harness.added.map(\.key.timerID) == ["a", "own"], "an index that is down is not written to")
    harness.pass(.milliseconds(29_961))
    #expect(harness.claims.isEmpty)
    harness.pass(.milliseconds(2))
    #expect(harness.claims.last?.entries == others)
  }

  @Test func failedAdditionsAreKeptOnce() {
    var harness = SchedulerHarness(indexReadInterval: .seconds(1))
    harness.becomeIdle()
    harness.holdsAdditions = true
    let others = ["a", "b"].map { harness.entry($0, in: 5000, shard: 63) }
    for other in others { harness.handle(.timersDue([other])) }
    harness.handle(.indexAdded(nil), .indexAdded(nil))
    harness.pass(.milliseconds(4963))
    #expect(harness.claims.last?.entries == others)
  }

  @Test func rebuiltIndexIsVerifiedBySweeps() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.indexProbed(nil))
    harness.handle(.swept([]))
    harness.handle(.indexProbed(0))
    harness.handle(.refilled(try #require(harness.refills.last), .added([], indexCount: 0)))
    #expect(harness.engine.usesIndex)
    #expect(harness.engine.indexRebuilds == 1)
    harness.answerIndex([])
    harness.handle(.swept([]))
    let sweeps = harness.sweeps
    harness.pass(.milliseconds(200))
    #expect(harness.sweeps == sweeps + 1)
    #expect(
      harness.sweptBefore == harness.now.store - .milliseconds(50), "what the index should have told of")
    let missed = harness.entry("missed", in: -100)
    harness.handle(.swept([missed]))
    #expect(harness.claims.last?.entries == [missed])
    harness.answerClaim([.gone])
    harness.handle(.indexChangesApplied(true))
    harness.pass(.seconds(3))
    harness.handle(.swept([]))
    let later = harness.sweeps
    harness.pass(.milliseconds(250))
    #expect(harness.sweeps == later, "and then at the sweep's pace again")
  }

  @Test func staleEntriesHideNoTimer() {
    var harness = SchedulerHarness(timers: 1000, claimBatch: 100)
    harness.becomeIdle()
    let stale = (0..<300).map { harness.entry("stale\($0)", in: -100_000) }
    harness.handle(.timersDue([stale[0]]))
    harness.answerIndex(stale)
    let sweeps = harness.sweeps
    harness.answerClaim(Array(repeating: .gone, count: 100))
    #expect(harness.sweeps == sweeps + 1)
    let real = harness.entry("real", in: -60)
    harness.handle(.swept([real]))
    harness.answerClaim(Array(repeating: .gone, count: 100))
    #expect(harness.claims.last?.entries == [real], "before the rest of the crowd")
  }

  @Test func sweptTimersAreNotClaimedTwice() {
    var harness = SchedulerHarness(timers: 3)
    harness.becomeIdle()
    let entries = (0..<4).map { harness.entry("t\($0)", in: 0) }
    harness.handle(.timersDue([entries[0]]))
    harness.answerIndex(entries)
    harness.handle(.indexProbed(nil), .indexProbed(0), .swept([entries[3]]))
    harness.answerClaim([.gone, .gone, .gone])
    #expect(harness.claims.count == 2)
    #expect(harness.claims.last?.entries == [entries[3]])
  }

  @Test func drainingNodeDoesNotSpin() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.indexProbed(nil), .drain)
    harness.pass(.seconds(5))
    #expect(harness.wakeIn == .milliseconds(250))
  }

  @Test(arguments: [0, 1, -1, 1 << 53, .max, .min] as [Int64])
  func extremeDueTimesAreAccepted(milliseconds: Int64) throws {
    var harness = SchedulerHarness(indexReadInterval: .seconds(1))
    harness.becomeIdle()
    let entries = [0, 63].map { shard in
      DueEntry(
        key: TimerKey(groupID: "g", timerID: "t"), shard: shard, dueAt: Timestamp(milliseconds: milliseconds))
    }
    harness.handle(.timersDue(entries))
    harness.handle(.indexRead(DueReply(entries: entries, nextDueAt: [0: entries[0].dueAt])))
    let claim = try #require(harness.claims.last)
    harness.answerClaim(claim.entries.map { _ in .notYetDue(entries[0].dueAt) })
    harness.handle(.indexProbed(nil), .swept(entries), .swept(nil), .indexProbed(0))
    harness.handle(.refilled(try #require(harness.refills.last), .added(entries, indexCount: 1 << 40)))
    harness.pass(.seconds(5))
    #expect(harness.wakeIn >= .zero)
  }
}
