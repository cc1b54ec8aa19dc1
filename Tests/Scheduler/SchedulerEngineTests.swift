import Scheduler
import Testing
import TimerModel

@Suite struct SchedulerEngineTests {
  @Test func claimsNothingWithoutCapacity() {
    var bench = SchedulerHarness()
    bench.capacity(0)
    bench.hear(.timersDue([bench.entry("a", in: -10)]))
    #expect(bench.claims.isEmpty)
    bench.capacity(5)
    bench.answerIndex([bench.entry("a", in: -10)])
    #expect(bench.claims.count == 1)
  }

  @Test func readsIndexWhenEarliestIsDue() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 1000)]))
    #expect(bench.reads == 0)
    #expect(bench.wakeIn == .milliseconds(250), "a longer wait would miss a stepped clock")
    bench.pass(.milliseconds(961))
    #expect(bench.reads == 0)
    bench.pass(.milliseconds(1))
    #expect(bench.reads == 1, "claims run ahead by 38 to 50 ms")
  }

  @Test func claimsUpToCapacity() throws {
    var bench = SchedulerHarness(timers: 3)
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0)]))
    bench.answerIndex((0..<10).map { bench.entry("t\($0)", in: 0) })
    #expect(try #require(bench.claims.last).entries.count == 3)
  }

  @Test func claimsAreDeliveredAndLeaveIndex() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entries = ["claimed", "gone", "held", "later"].map { bench.entry($0, in: 0) }
    bench.hear(.timersDue(entries))
    bench.answerIndex(entries)
    let later = bench.now.store + .seconds(30)
    bench.answerClaim([
      .claimed(bench.timer(entries[0])), .gone, .held(until: later), .notYetDue(later),
    ])
    #expect(bench.delivered.map(\.timer.key.timerID) == ["claimed"])
    #expect(bench.removed.map(\.key.timerID) == ["claimed", "gone", "held"])
    #expect(bench.moved == [DueEntry(key: entries[3].key, shard: entries[3].shard, dueAt: later)])
  }

  @Test func claimDeadlineCountsFromRequest() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 0)
    bench.hear(.timersDue([entry]))
    bench.answerIndex([entry])
    let asked = bench.now.monotonicMicroseconds
    bench.pass(.seconds(3))
    bench.answerClaim([.claimed(bench.timer(entry))])
    #expect(bench.delivered.first?.deadlineMonotonicMicroseconds == asked + 45_000_000 - 22_500 - 1000)
  }

  @Test func storeErrorsBackOff() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 0)
    bench.hear(.timersDue([entry]))
    bench.answerIndex([entry])
    for pause in [100, 200, 400, 800, 1600, 1600] {
      bench.failClaim()
      let reads = bench.reads
      bench.pass(.milliseconds(pause - 1))
      #expect(bench.reads == reads)
      bench.pass(.milliseconds(1))
      #expect(bench.reads == reads + 1)
      bench.answerIndex([entry])
    }
  }

  @Test func storeIsPolledWithoutIndex() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0)]))
    let sweeps = bench.sweeps
    bench.hear(.indexRead(nil))
    #expect(bench.sweeps == sweeps + 1, "at once")
    bench.hear(.swept([]))
    bench.pass(.milliseconds(200))
    #expect(bench.sweeps == sweeps + 2)
    bench.hear(.swept([bench.entry("a", in: 0)]))
    #expect(bench.claims.last?.entries.map(\.key.timerID) == ["a"])
  }

  @Test func returnedIndexIsRebuilt() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0)]))
    bench.hear(.indexRead(nil))
    #expect(!bench.engine.usesIndex)
    let refills = bench.refills.count
    bench.hear(.indexProbed(0))
    #expect(bench.refills.count == refills + 1)
    #expect(bench.refills.last?.cursor == nil, "from the very first timer")
  }

  @Test func storeIsPolledDuringRebuild() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0)]))
    bench.hear(.indexRead(nil))
    bench.hear(.swept([]))
    bench.hear(.indexProbed(0))
    #expect(!bench.engine.usesIndex)
    let (reads, sweeps) = (bench.reads, bench.sweeps)
    bench.pass(.milliseconds(200))
    #expect(bench.sweeps == sweeps + 1)
    bench.hear(.swept([bench.entry("b", in: 0)]))
    #expect(bench.claims.last?.entries.map(\.key.timerID) == ["b"])
    bench.answerClaim([.claimed(bench.timer(bench.entry("b", in: 0)))])
    bench.hear(.indexChangesApplied(true))
    #expect(bench.reads == reads)
    bench.hear(.refilled(try #require(bench.refills.last), .added([], indexCount: 0)))
    #expect(bench.engine.usesIndex)
    #expect(bench.reads == reads + 1)
  }

  @Test func backlogIsPolledWithoutPause() {
    var bench = SchedulerHarness(timers: 3)
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0)]))
    bench.hear(.indexRead(nil))
    let entries = ["a", "b", "c"].map { bench.entry($0, in: 0) }
    bench.hear(.swept(entries))
    let sweeps = bench.sweeps
    bench.answerClaim([.claimed(bench.timer(entries[0])), .gone, .gone])
    #expect(bench.sweeps == sweeps + 1)
    bench.hear(.swept([bench.entry("d", in: 0)]))
    bench.answerClaim([.claimed(bench.timer(bench.entry("d", in: 0)))])
    #expect(bench.sweeps == sweeps + 1, "there was no more")
  }

  @Test func refillsIndexUpToHorizon() throws {
    var bench = SchedulerHarness(shards: [7])
    let first = try #require(bench.refills.last)
    #expect(first.cursor == nil)
    #expect(first.through == bench.now.store + .seconds(300))
    let page = (0..<first.limit).map { bench.entry("t\($0)", in: Int64($0), shard: 7) }
    bench.hear(.refilled(first, .added(page, indexCount: page.count)))
    let second = try #require(bench.refills.last)
    #expect(second.cursor == page.last)
    bench.hear(.refilled(second, .added([], indexCount: page.count)))
    #expect(bench.refills.count == 2, "the shard is covered")
    // What was read before the page came, and what is due in it.
    for _ in 0..<2 { bench.answerIndex([]) }
    bench.pass(.seconds(149))
    #expect(bench.refills.count == 2)
    bench.pass(.seconds(2))
    #expect(bench.refills.count == 3, "ahead of time, when half of the horizon is left")
  }

  @Test func timersBeyondHorizonAreNotIndexed() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("near", in: 299_000), bench.entry("far", in: 301_000)]))
    #expect(bench.added.map(\.key.timerID) == ["near"])
  }

  @Test func fullIndexDefersToLaterRefill() throws {
    var bench = SchedulerHarness(indexLimit: 2)
    bench.becomeIdle()
    bench.hear(.timersDue((1...4).map { bench.entry("t\($0)", in: Int64($0) * 20_000) }))
    #expect(bench.added.map(\.key.timerID) == ["t1", "t2"])
    let refills = bench.refills.count
    bench.hear(.indexProbed(1))
    #expect(bench.refills.count == refills + 1, "there is room again")
    #expect(bench.refills.last?.cursor?.dueAt == bench.now.store + .seconds(60), "from what was left out on")
  }

  @Test func timersDueSoonIgnoreIndexLimit() {
    var bench = SchedulerHarness(indexLimit: 0)
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("soon", in: 9000), bench.entry("later", in: 11_000)]))
    #expect(bench.added.map(\.key.timerID) == ["soon"])
  }

  @Test func sweepFindsMissedTimers() throws {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let sweeps = bench.sweeps
    bench.pass(.seconds(2))
    #expect(bench.sweeps == sweeps + 1)
    bench.hear(.swept([bench.entry("missed", in: -3000)]))
    #expect(bench.claims.last?.entries.map(\.key.timerID) == ["missed"], "whatever the index tells of")
  }

  @Test func clockStepForwardIsDetected() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let (sweeps, refills) = (bench.sweeps, bench.refills.count)
    bench.stepWall(.seconds(3600))
    bench.pass(.milliseconds(250))
    #expect(bench.sweeps == sweeps + 1)
    #expect(bench.refills.count == refills + 1)
  }

  @Test func clockStepBackClaimsNothing() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 1000)]))
    bench.stepWall(.seconds(-3600))
    bench.pass(.seconds(2))
    for _ in 0..<2 { bench.answerIndex([]) }
    #expect(bench.claims.isEmpty)
  }

  @Test func drainWaitsForRunningClaim() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entry = bench.entry("a", in: 0)
    bench.hear(.timersDue([entry]))
    bench.answerIndex([entry])
    bench.hear(.drain)
    #expect(bench.saidDrained == 0)
    bench.answerClaim([.claimed(bench.timer(entry))])
    #expect(bench.delivered.count == 1)
    #expect(bench.saidDrained == 1)
    bench.hear(.timersDue([bench.entry("b", in: 0)]))
    #expect(bench.claims.count == 1)
  }

  @Test func drainIndexesReleasedTimers() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    bench.hear(.drain)
    #expect(bench.saidDrained == 1)
    var engine = bench.engine
    let entry = bench.entry("a", in: 100)
    let actions = engine.step([.timersDue([entry]), .end], now: bench.now)
    #expect(actions.contains { if case .addToIndex([entry]) = $0 { true } else { false } })
    #expect(!engine.isFinished)
    _ = engine.step([.indexAdded(entry.dueAt)], now: bench.now)
    #expect(engine.isFinished)
  }

  @Test func claimsWithLostReplyAreRecovered() throws {
    var bench = SchedulerHarness()
    let entry = bench.entry("a", in: 0)
    bench.answerIndex([entry])
    bench.failClaim()
    bench.pass(.milliseconds(100))
    let attempt = try #require(bench.recoveries.first)
    var mine = bench.timer(entry)
    _ = mine.claim(
      for: NodeID("node"), lease: .seconds(45), dueThrough: entry.dueAt, at: StoreTime(bench.now.store))
    var others = bench.timer(bench.entry("b", in: 0))
    _ = others.claim(
      for: NodeID("other"), lease: .seconds(45), dueThrough: entry.dueAt, at: StoreTime(bench.now.store))
    bench.hear(.claimRecovered(attempt, [mine, others, bench.timer(bench.entry("c", in: 0))]))
    #expect(bench.delivered.map(\.timer) == [mine])
    #expect(bench.delivered.first?.deadlineMonotonicMicroseconds == attempt.deadlineMonotonicMicroseconds)
  }

  @Test func creatingNodeClaimsTimersDueSoon() {
    var bench = SchedulerHarness(indexReadInterval: .seconds(1))
    bench.becomeIdle()
    let soon = bench.entry("soon", in: 300, shard: 63)
    bench.hear(.timersDue([soon, bench.entry("later", in: 30_000, shard: 63)]))
    bench.pass(.milliseconds(261))
    #expect(bench.claims.isEmpty)
    bench.pass(.milliseconds(2))
    #expect(bench.claims.last?.entries == [soon])
  }

  @Test func nearbyDueTimesShareOneRead() {
    var bench = SchedulerHarness()
    bench.becomeIdle()
    let entries = [40, 45, 50, 60].map { bench.entry("t\($0)", in: $0) }
    bench.hear(.timersDue(entries))
    bench.pass(.milliseconds(1))
    #expect(bench.reads == 0, "none is due within three quarters of the time for which one may be claimed")
    bench.pass(.milliseconds(1))
    #expect(bench.reads == 1)
    #expect(bench.readThrough == bench.now.store + .milliseconds(50), "all that may be claimed is")
  }

  @Test func freedCapacityClaimsWithoutNewRead() {
    var bench = SchedulerHarness(timers: 3)
    bench.becomeIdle()
    let entries = (0..<5).map { bench.entry("t\($0)", in: 0) }
    bench.hear(.timersDue(entries))
    bench.answerIndex(entries)
    let reads = bench.reads
    #expect(bench.claims.last?.entries == Array(entries[..<3]))
    bench.answerClaim(entries[..<3].map { .claimed(bench.timer($0)) })
    #expect(bench.removed == Array(entries[..<3]), "there is no room to go on at once")
    bench.hear(.indexChangesApplied(true), .capacityGranted(DeliveryCapacity(timers: 3, payloadBytes: 0)))
    #expect(bench.claims.last?.entries == Array(entries[3...]))
    #expect(bench.reads == reads)
  }

  @Test func consecutiveClaimsShareOneRemoval() {
    var bench = SchedulerHarness(claimBatch: 2)
    bench.becomeIdle()
    let entries = (0..<4).map { bench.entry("t\($0)", in: 0) }
    bench.hear(.timersDue(entries))
    bench.answerIndex(entries)
    bench.answerClaim([.claimed(bench.timer(entries[0])), .gone])
    #expect(bench.removed.isEmpty)
    bench.answerClaim([.gone, .gone])
    #expect(bench.removed == entries)
    #expect(bench.claims.count == 2)
  }

  @Test func drainLeavesReadTimersToOthers() {
    var bench = SchedulerHarness(timers: 1)
    bench.becomeIdle()
    let entries = (0..<2).map { bench.entry("t\($0)", in: 0) }
    bench.hear(.timersDue(entries))
    bench.answerIndex(entries)
    bench.hear(.drain)
    bench.answerClaim([.claimed(bench.timer(entries[0]))])
    bench.hear(.indexChangesApplied(true), .capacityGranted(DeliveryCapacity(timers: 1, payloadBytes: 0)))
    #expect(bench.claims.count == 1)
    #expect(bench.wakeIn > .milliseconds(1), "there is nothing to wake for")
  }

  @Test func lapsedNodeClaimsNothing() {
    var bench = SchedulerHarness(indexReadInterval: .seconds(1))
    bench.hear(.leaseExtended(untilMonotonicMicroseconds: .min))
    bench.becomeIdle()
    bench.hear(.timersDue([bench.entry("a", in: 0, shard: 63)]))
    bench.pass(.milliseconds(50))
    #expect(bench.claims.isEmpty)
    #expect(bench.wakeIn > .milliseconds(1), "it waits for news, not for time")
    bench.hear(
      .leaseExtended(untilMonotonicMicroseconds: bench.now.monotonicMicroseconds(after: .seconds(7))))
    #expect(bench.claims.count == 1)
  }
}
