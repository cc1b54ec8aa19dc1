import Scheduler
import Testing
import TimerModel

@Suite struct SchedulerEngineTests {
  @Test func claimsNothingWithoutCapacity() {
    var harness = SchedulerHarness()
    harness.capacity(0)
    harness.handle(.timersDue([harness.entry("a", in: -10)]))
    #expect(harness.claims.isEmpty)
    harness.capacity(5)
    harness.answerIndex([harness.entry("a", in: -10)])
    #expect(harness.claims.count == 1)
  }

  @Test func readsIndexWhenEarliestIsDue() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 1000)]))
    #expect(harness.reads == 0)
    #expect(harness.wakeIn == .milliseconds(250), "a longer wait would miss a stepped clock")
    harness.pass(.milliseconds(961))
    #expect(harness.reads == 0)
    harness.pass(.milliseconds(1))
    #expect(harness.reads == 1, "claims run ahead by 38 to 50 ms")
  }

  @Test func claimsUpToCapacity() throws {
    var harness = SchedulerHarness(timers: 3)
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0)]))
    harness.answerIndex((0..<10).map { harness.entry("t\($0)", in: 0) })
    #expect(try #require(harness.claims.last).entries.count == 3)
  }

  @Test func claimsAreDeliveredAndLeaveIndex() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entries = ["claimed", "gone", "held", "later"].map { harness.entry($0, in: 0) }
    harness.handle(.timersDue(entries))
    harness.answerIndex(entries)
    let later = harness.now.store + .seconds(30)
    harness.answerClaim([
      .claimed(harness.timer(entries[0])), .gone, .held(until: later), .notYetDue(later),
    ])
    #expect(harness.delivered.map(\.timer.key.timerID) == ["claimed"])
    #expect(harness.removed.map(\.key.timerID) == ["claimed", "gone", "held"])
    #expect(harness.moved == [DueEntry(key: entries[3].key, shard: entries[3].shard, dueAt: later)])
  }

  @Test func claimDeadlineCountsFromRequest() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 0)
    harness.handle(.timersDue([entry]))
    harness.answerIndex([entry])
    let asked = harness.now.monotonic
    harness.pass(.seconds(3))
    harness.answerClaim([.claimed(harness.timer(entry))])
    #expect(harness.delivered.first?.deadline == asked + .microseconds(45_000_000 - 22_500 - 1000))
  }

  @Test func storeErrorsBackOff() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 0)
    harness.handle(.timersDue([entry]))
    harness.answerIndex([entry])
    for pause in [100, 200, 400, 800, 1600, 1600] {
      harness.failClaim()
      let reads = harness.reads
      harness.pass(.milliseconds(pause - 1))
      #expect(harness.reads == reads)
      harness.pass(.milliseconds(1))
      #expect(harness.reads == reads + 1)
      harness.answerIndex([entry])
    }
  }

  @Test func storeIsPolledWithoutIndex() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0)]))
    let sweeps = harness.sweeps
    harness.handle(.indexRead(nil))
    #expect(harness.sweeps == sweeps + 1, "at once")
    harness.handle(.swept([]))
    harness.pass(.milliseconds(200))
    #expect(harness.sweeps == sweeps + 2)
    harness.handle(.swept([harness.entry("a", in: 0)]))
    #expect(harness.claims.last?.entries.map(\.key.timerID) == ["a"])
  }

  @Test func returnedIndexIsRebuilt() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0)]))
    harness.handle(.indexRead(nil))
    #expect(!harness.engine.usesIndex)
    let refills = harness.refills.count
    harness.handle(.indexProbed(0))
    #expect(harness.refills.count == refills + 1)
    #expect(harness.refills.last?.cursor == nil, "from the very first timer")
  }

  @Test func storeIsPolledDuringRebuild() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0)]))
    harness.handle(.indexRead(nil))
    harness.handle(.swept([]))
    harness.handle(.indexProbed(0))
    #expect(!harness.engine.usesIndex)
    let (reads, sweeps) = (harness.reads, harness.sweeps)
    harness.pass(.milliseconds(200))
    #expect(harness.sweeps == sweeps + 1)
    harness.handle(.swept([harness.entry("b", in: 0)]))
    #expect(harness.claims.last?.entries.map(\.key.timerID) == ["b"])
    harness.answerClaim([.claimed(harness.timer(harness.entry("b", in: 0)))])
    harness.handle(.indexChangesApplied(true))
    #expect(harness.reads == reads)
    harness.handle(.refilled(try #require(harness.refills.last), .added([], indexCount: 0)))
    #expect(harness.engine.usesIndex)
    #expect(harness.reads == reads + 1)
  }

  @Test func backlogIsPolledWithoutPause() {
    var harness = SchedulerHarness(timers: 3)
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0)]))
    harness.handle(.indexRead(nil))
    let entries = ["a", "b", "c"].map { harness.entry($0, in: 0) }
    harness.handle(.swept(entries))
    let sweeps = harness.sweeps
    harness.answerClaim([.claimed(harness.timer(entries[0])), .gone, .gone])
    #expect(harness.sweeps == sweeps + 1)
    harness.handle(.swept([harness.entry("d", in: 0)]))
    harness.answerClaim([.claimed(harness.timer(harness.entry("d", in: 0)))])
    #expect(harness.sweeps == sweeps + 1, "there was no more")
  }

  @Test func refillsIndexUpToHorizon() throws {
    var harness = SchedulerHarness(shards: [7])
    let first = try #require(harness.refills.last)
    #expect(first.cursor == nil)
    #expect(first.through == harness.now.store + .seconds(300))
    let page = (0..<first.limit).map { harness.entry("t\($0)", in: Int64($0), shard: 7) }
    harness.handle(.refilled(first, .added(page, indexCount: page.count)))
    let second = try #require(harness.refills.last)
    #expect(second.cursor == page.last)
    harness.handle(.refilled(second, .added([], indexCount: page.count)))
    #expect(harness.refills.count == 2, "the shard is covered")
    // What was read before the page came, and what is due in it.
    for _ in 0..<2 { harness.answerIndex([]) }
    harness.pass(.seconds(149))
    #expect(harness.refills.count == 2)
    harness.pass(.seconds(2))
    #expect(harness.refills.count == 3, "ahead of time, when half of the horizon is left")
  }

  @Test func timersBeyondHorizonAreNotIndexed() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("near", in: 299_000), harness.entry("far", in: 301_000)]))
    #expect(harness.added.map(\.key.timerID) == ["near"])
  }

  @Test func fullIndexDefersToLaterRefill() throws {
    var harness = SchedulerHarness(indexLimit: 2)
    harness.becomeIdle()
    harness.handle(.timersDue((1...4).map { harness.entry("t\($0)", in: Int64($0) * 20_000) }))
    #expect(harness.added.map(\.key.timerID) == ["t1", "t2"])
    let refills = harness.refills.count
    harness.handle(.indexProbed(1))
    #expect(harness.refills.count == refills + 1, "there is room again")
    #expect(
      harness.refills.last?.cursor?.dueAt == harness.now.store + .seconds(60), "from what was left out on")
  }

  @Test func timersDueSoonIgnoreIndexLimit() {
    var harness = SchedulerHarness(indexLimit: 0)
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("soon", in: 9000), harness.entry("later", in: 11_000)]))
    #expect(harness.added.map(\.key.timerID) == ["soon"])
  }

  @Test func sweepFindsMissedTimers() throws {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let sweeps = harness.sweeps
    harness.pass(.seconds(2))
    #expect(harness.sweeps == sweeps + 1)
    harness.handle(.swept([harness.entry("missed", in: -3000)]))
    #expect(harness.claims.last?.entries.map(\.key.timerID) == ["missed"], "whatever the index tells of")
  }

  @Test func clockStepForwardIsDetected() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let (sweeps, refills) = (harness.sweeps, harness.refills.count)
    harness.stepWall(.seconds(3600))
    harness.pass(.milliseconds(250))
    #expect(harness.sweeps == sweeps + 1)
    #expect(harness.refills.count == refills + 1)
  }

  @Test func clockStepBackClaimsNothing() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 1000)]))
    harness.stepWall(.seconds(-3600))
    harness.pass(.seconds(2))
    for _ in 0..<2 { harness.answerIndex([]) }
    #expect(harness.claims.isEmpty)
  }

  @Test func claimsWithLostReplyAreRecovered() throws {
    var harness = SchedulerHarness()
    let entry = harness.entry("a", in: 0)
    harness.answerIndex([entry])
    harness.failClaim()
    harness.pass(.milliseconds(100))
    let attempt = try #require(harness.recoveries.first)
    var mine = harness.timer(entry)
    _ = mine.claim(
      for: NodeID("node"), lease: .seconds(45), dueThrough: entry.dueAt, at: StoreTime(harness.now.store))
    var others = harness.timer(harness.entry("b", in: 0))
    _ = others.claim(
      for: NodeID("other"), lease: .seconds(45), dueThrough: entry.dueAt, at: StoreTime(harness.now.store))
    harness.handle(.claimRecovered(attempt, [mine, others, harness.timer(harness.entry("c", in: 0))]))
    #expect(harness.delivered.map(\.timer) == [mine])
    #expect(harness.delivered.first?.deadline == attempt.deadline)
  }

  @Test func creatingNodeClaimsTimersDueSoon() {
    var harness = SchedulerHarness(indexReadInterval: .seconds(1))
    harness.becomeIdle()
    let soon = harness.entry("soon", in: 300, shard: 63)
    harness.handle(.timersDue([soon, harness.entry("later", in: 30_000, shard: 63)]))
    harness.pass(.milliseconds(261))
    #expect(harness.claims.isEmpty)
    harness.pass(.milliseconds(2))
    #expect(harness.claims.last?.entries == [soon])
  }

  @Test func nearbyDueTimesShareOneRead() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entries = [40, 45, 50, 60].map { harness.entry("t\($0)", in: $0) }
    harness.handle(.timersDue(entries))
    harness.pass(.milliseconds(1))
    #expect(harness.reads == 0, "none is due within three quarters of the time for which one may be claimed")
    harness.pass(.milliseconds(1))
    #expect(harness.reads == 1)
    #expect(harness.readThrough == harness.now.store + .milliseconds(50), "all that may be claimed is")
  }

  @Test func freedCapacityClaimsWithoutNewRead() {
    var harness = SchedulerHarness(timers: 3)
    harness.becomeIdle()
    let entries = (0..<5).map { harness.entry("t\($0)", in: 0) }
    harness.handle(.timersDue(entries))
    harness.answerIndex(entries)
    let reads = harness.reads
    #expect(harness.claims.last?.entries == Array(entries[..<3]))
    harness.answerClaim(entries[..<3].map { .claimed(harness.timer($0)) })
    #expect(harness.removed == Array(entries[..<3]), "there is no room to go on at once")
    harness.handle(.indexChangesApplied(true), .capacityGranted(DeliveryCapacity(timers: 3, payloadBytes: 0)))
    #expect(harness.claims.last?.entries == Array(entries[3...]))
    #expect(harness.reads == reads)
  }

  @Test func consecutiveClaimsShareOneRemoval() {
    var harness = SchedulerHarness(claimBatch: 2)
    harness.becomeIdle()
    let entries = (0..<4).map { harness.entry("t\($0)", in: 0) }
    harness.handle(.timersDue(entries))
    harness.answerIndex(entries)
    harness.answerClaim([.claimed(harness.timer(entries[0])), .gone])
    #expect(harness.removed.isEmpty)
    harness.answerClaim([.gone, .gone])
    #expect(harness.removed == entries)
    #expect(harness.claims.count == 2)
  }

  @Test func lapsedNodeClaimsNothing() {
    var harness = SchedulerHarness(indexReadInterval: .seconds(1))
    harness.handle(.leaseExtended(until: .distantPast))
    harness.becomeIdle()
    harness.handle(.timersDue([harness.entry("a", in: 0, shard: 63)]))
    harness.pass(.milliseconds(50))
    #expect(harness.claims.isEmpty)
    #expect(harness.wakeIn > .milliseconds(1), "it waits for news, not for time")
    harness.handle(
      .leaseExtended(until: harness.now.monotonic + .seconds(7)))
    #expect(harness.claims.count == 1)
  }
}
