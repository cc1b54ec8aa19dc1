import Scheduler
import Testing
import TimerModel

/// An index that fails, forgets, does not answer or lists nothing but the past.
@Suite struct IndexLossTests {
  /// The ways in which an engine learns of a failure.
  enum Notice: CaseIterable { case read, probe, addition, change }

  @Test(arguments: Notice.allCases)
  func indexFailureSweepsStoreAtOnce(notice: Notice) {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 0)
    if notice == .probe || notice == .change { bench.pass(.seconds(2)) }
    if notice == .probe { bench.hear(.swept([])) }
    if notice == .change {
      bench.hear(.swept([entry]))
      bench.answerClaim([.gone])
    }
    if notice == .addition { bench.holdsAdditions = true }
    if notice == .read || notice == .addition { bench.hear(.timersDue([entry])) }
    let (sweeps, probes) = (bench.sweeps, bench.probes)
    switch notice {
    case .read: bench.hear(.indexRead(nil))
    case .probe: bench.hear(.indexProbed(nil))
    case .addition: bench.hear(.indexAdded(nil))
    case .change: bench.hear(.indexChangesApplied(false))
    }
    #expect(!bench.engine.usesIndex)
    #expect(bench.sweeps == sweeps + 1)
    #expect(bench.sweptBefore == bench.now.store + .milliseconds(50))
    #expect(
      bench.probes == probes + (notice == .change ? 0 : 1),
      "and the index how it is, unless it is asked already")
    bench.hear(.swept([entry]))
    #expect(bench.claims.last?.entries == [entry])
  }

  @Test func sweptTimersWaitForRunningClaim() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entries = ["a", "b", "c"].map { bench.entry($0, in: 0) }
    bench.hear(.timersDue([entries[0]]))
    bench.answerIndex([entries[0]])
    bench.hear(.indexProbed(nil))
    bench.hear(.swept([entries[1], entries[2]]))
    #expect(bench.claims.count == 1)
    bench.answerClaim([.gone])
    #expect(bench.claims.last?.entries == [entries[1], entries[2]])
  }

  @Test func slowReadFallsBackToStore() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 0)
    bench.hear(.timersDue([entry]))
    #expect(bench.reads == 1)
    let sweeps = bench.sweeps
    #expect(bench.wakeIn <= .milliseconds(250))
    bench.pass(.milliseconds(249))
    #expect(bench.sweeps == sweeps)
    bench.pass(.milliseconds(1))
    #expect(bench.sweeps == sweeps + 1)
    #expect(!bench.engine.usesIndex)
    bench.hear(.swept([entry]))
    #expect(bench.claims.last?.entries == [entry])
    bench.answerClaim([.claimed(bench.timer(entry))])
    bench.hear(.indexChangesApplied(true))
    let claims = bench.claims.count
    bench.answerIndex([entry])
    #expect(bench.claims.count == claims, "the late answer is not taken for that of a later read")
    #expect(bench.engine.usesIndex)
    #expect(bench.reads == 2, "it is read again at once")
    #expect(bench.engine.indexRebuilds == 0)
  }

  @Test func slowRemovalBlocksNoClaim() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entries = ["a", "b"].map { bench.entry($0, in: 0) }
    bench.hear(.timersDue([entries[0]]))
    bench.answerIndex([entries[0]])
    bench.answerClaim([.gone])
    bench.pass(.milliseconds(250))
    bench.hear(.swept([entries[1]]))
    #expect(bench.claims.last?.entries == [entries[1]])
    bench.hear(.indexChangesApplied(true))
    #expect(bench.engine.usesIndex)
    bench.answerClaim([.gone])
    #expect(bench.removed == entries)
  }

  @Test func slowAdditionFallsBackToStore() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.holdsAdditions = true
    let entry = bench.entry("a", in: 100)
    bench.hear(.timersDue([entry]))
    let sweeps = bench.sweeps
    bench.pass(.milliseconds(250))
    #expect(bench.sweeps == sweeps + 1)
    bench.hear(.indexAdded(entry.dueAt))
    #expect(bench.engine.usesIndex)
  }

  @Test func failedAdditionsAreKeptLocally() {
    var bench = SchedulerHarness(indexReadInterval: .seconds(1))
    bench.becomeIdle()
    bench.holdsAdditions = true
    let others = ["a", "b"].map { bench.entry($0, in: 30_000, shard: 63) }
    bench.hear(.timersDue([others[0], bench.entry("own", in: 30_000)]))
    bench.hear(.indexAdded(nil))
    bench.hear(.timersDue([others[1]]))
    #expect(bench.added.map(\.key.timerID) == ["a", "own"], "an index that is down is not written to")
    bench.pass(.milliseconds(29_961))
    #expect(bench.claims.isEmpty)
    bench.pass(.milliseconds(2))
    #expect(bench.claims.last?.entries == others)
  }

  @Test func failedAdditionsAreKeptOnce() {
    var bench = SchedulerHarness(indexReadInterval: .seconds(1))
    bench.becomeIdle()
    bench.holdsAdditions = true
    let others = ["a", "b"].map { bench.entry($0, in: 5000, shard: 63) }
    for other in others { bench.hear(.timersDue([other])) }
    bench.hear(.indexAdded(nil), .indexAdded(nil))
    bench.pass(.milliseconds(4963))
    #expect(bench.claims.last?.entries == others)
  }

  @Test func rebuiltIndexIsVerifiedBySweeps() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.indexProbed(nil))
    bench.hear(.swept([]))
    bench.hear(.indexProbed(0))
    bench.hear(.refilled(try #require(bench.refills.last), .added([], indexCount: 0)))
    #expect(bench.engine.usesIndex)
    #expect(bench.engine.indexRebuilds == 1)
    bench.answerIndex([])
    bench.hear(.swept([]))
    let sweeps = bench.sweeps
    bench.pass(.milliseconds(200))
    #expect(bench.sweeps == sweeps + 1)
    #expect(bench.sweptBefore == bench.now.store - .milliseconds(50), "what the index should have told of")
    let missed = bench.entry("missed", in: -100)
    bench.hear(.swept([missed]))
    #expect(bench.claims.last?.entries == [missed])
    bench.answerClaim([.gone])
    bench.hear(.indexChangesApplied(true))
    bench.pass(.seconds(3))
    bench.hear(.swept([]))
    let later = bench.sweeps
    bench.pass(.milliseconds(250))
    #expect(bench.sweeps == later, "and then at the sweep's pace again")
  }

  @Test func staleEntriesHideNoTimer() {
    var bench = SchedulerHarness(timers: 1000, claimBatch: 100)
    bench.becomeIdle()
    let stale = (0..<300).map { bench.entry("stale\($0)", in: -100_000) }
    bench.hear(.timersDue([stale[0]]))
    bench.answerIndex(stale)
    let sweeps = bench.sweeps
    bench.answerClaim(Array(repeating: .gone, count: 100))
    #expect(bench.sweeps == sweeps + 1)
    let real = bench.entry("real", in: -60)
    bench.hear(.swept([real]))
    bench.answerClaim(Array(repeating: .gone, count: 100))
    #expect(bench.claims.last?.entries == [real], "before the rest of the crowd")
  }

  @Test func sweptTimersAreNotClaimedTwice() {
    var bench = SchedulerHarness(timers: 3)
    bench.becomeIdle()
    let entries = (0..<4).map { bench.entry("t\($0)", in: 0) }
    bench.hear(.timersDue([entries[0]]))
    bench.answerIndex(entries)
    bench.hear(.indexProbed(nil), .indexProbed(0), .swept([entries[3]]))
    bench.answerClaim([.gone, .gone, .gone])
    #expect(bench.claims.count == 2)
    #expect(bench.claims.last?.entries == [entries[3]])
  }

  @Test func drainingNodeDoesNotSpin() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.indexProbed(nil), .drain)
    bench.pass(.seconds(5))
    #expect(bench.wakeIn == .milliseconds(250))
  }

  @Test(arguments: [0, 1, -1, 1 << 53, .max, .min] as [Int64])
  func extremeDueTimesAreAccepted(milliseconds: Int64) throws {
    var bench = SchedulerHarness(indexReadInterval: .seconds(1))
    bench.becomeIdle()
    let entries = [0, 63].map { shard in
      DueEntry(
        key: TimerKey(groupID: "g", timerID: "t"), shard: shard, dueAt: Timestamp(milliseconds: milliseconds))
    }
    bench.hear(.timersDue(entries))
    bench.hear(.indexRead(DueReply(entries: entries, nextDueAt: entries[0].dueAt)))
    let claim = try #require(bench.claims.last)
    bench.answerClaim(claim.entries.map { _ in .notYetDue(entries[0].dueAt) })
    bench.hear(.indexProbed(nil), .swept(entries), .swept(nil), .indexProbed(0))
    bench.hear(.refilled(try #require(bench.refills.last), .added(entries, indexCount: 1 << 40)))
    bench.pass(.seconds(5))
    #expect(bench.wakeIn >= .zero)
  }
}
