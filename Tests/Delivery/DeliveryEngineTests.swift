import Delivery
import Testing
import TimerModel

@Suite struct DeliveryEngineTests {
  @Test func timersStartAtTheirMillisecond() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a", in: 30), harness.claimed("b", in: 10)]))
    #expect(harness.started.isEmpty)
    #expect(harness.engine.wakeAt.microseconds == 10_000)
    harness.pass(.microseconds(9999))
    #expect(harness.started.isEmpty)
    harness.pass(.microseconds(1))
    #expect(harness.started == ["b"])
    harness.pass(.milliseconds(20))
    #expect(harness.started == ["b", "a"])
  }

  @Test func settlementFreesCapacity() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a", payload: [1, 2, 3])]))
    harness.end("a", DeliveryHarness.delivered)
    #expect(harness.settling.first?.settlements.map(\.ending) == [.delivered])
    #expect(harness.granted.timers == 0)
    harness.settle()
    #expect(harness.granted == DeliveryCapacity(timers: 1, payloadBytes: 3))
    #expect(harness.announced.isEmpty)
  }

  @Test func retryIsAnnouncedAfterSettlement() throws {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a")]))
    harness.end("a", DeliveryHarness.failed)
    #expect(harness.announced.isEmpty)
    harness.settle()
    let next = try #require(harness.announced.first)
    #expect(next.dueAt >= harness.now.store && next.dueAt <= harness.now.store + .seconds(1))
  }

  @Test func lostClaimsAreForgotten() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a")]))
    harness.end("a", DeliveryHarness.failed)
    harness.settle(.lost)
    #expect(harness.announced.isEmpty)
    #expect(harness.granted.timers == 1)
  }

  @Test func failedSettlementIsRetriedAfterDelay() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a")]))
    harness.end("a", DeliveryHarness.delivered)
    harness.settle(nil)
    #expect(harness.settling.isEmpty)
    harness.pass(.milliseconds(99))
    #expect(harness.settling.isEmpty)
    harness.pass(.milliseconds(1))
    #expect(harness.settling.first?.settlements.map(\.ending) == [.delivered])
  }

  @Test func endingsDuringWriteShareNextBatch() {
    var harness = DeliveryHarness()
    harness.handle(.claimed(["a", "b", "c"].map { harness.claimed($0) }))
    for id in ["a", "b", "c"] { harness.end(id, DeliveryHarness.delivered) }
    #expect(harness.settling.map(\.ids.count) == [1])
    harness.settle()
    #expect(harness.settling.map(\.ids.count) == [2])
  }

  @Test func attemptsInFlightAreLimited() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 3
      $0.maxInFlightPerOrigin = 3
    }
    harness.handle(.claimed((0..<5).map { harness.claimed("t\($0)") }))
    #expect(harness.running.count == 3)
    harness.end("t0", DeliveryHarness.delivered)
    #expect(harness.running.count == 3)
    #expect(harness.started == ["t0", "t1", "t2", "t3"])
  }

  @Test func attemptsPerOriginAreLimited() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 10
      $0.maxInFlightPerOrigin = 4
    }
    harness.handle(.claimed((0..<8).map { harness.claimed("t\($0)", url: "http://hangs/\($0)") }))
    #expect(harness.running.count == 4)
    harness.handle(.claimed([harness.claimed("other", url: "http://works/")]))
    #expect(harness.started.last == "other")
  }

  @Test func originIgnoresPathAndLetterCase() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 3 }
    let same = ["http://hangs:80", "HTTP://Hangs:80/a/b", "http://hangs:80?a=/", "http://hangs:80#a"]
    harness.handle(.claimed(same.enumerated().map { harness.claimed("t\($0)", url: $1) }))
    #expect(harness.running.count == 3)
    for other in ["http://hangs/", "https://hangs:80/", "http://hang:80/"] {
      harness.handle(.claimed([harness.claimed(other, url: other)]))
      #expect(harness.started.last == other)
    }
  }

  @Test func respondingOriginKeepsItsQueue() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    harness.handle(.claimed((0..<20).map { harness.claimed("t\($0)") }))
    for number in 0..<20 {
      harness.pass(.milliseconds(20))
      harness.end("t\(number)", DeliveryHarness.delivered)
    }
    #expect(harness.started.count == 20)
  }

  @Test func expiringClaimIsReleased() {
    var harness = DeliveryHarness()
    let timer = harness.claimed("a", in: 31_000, lease: .seconds(45))
    harness.handle(.claimed([timer]))
    harness.pass(.milliseconds(30_001))
    harness.stepWall(.seconds(60))
    #expect(harness.started.isEmpty)
    #expect(harness.settling.first?.settlements.map(\.ending) == [.released(dueAt: timer.timer.dueAt)])
  }

  @Test func clockStepBackStartsNothingEarly() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a", in: 10)]))
    harness.stepWall(.seconds(-3600))
    harness.pass(.seconds(20))
    #expect(harness.started.isEmpty)
    harness.pass(.seconds(3600))
    #expect(harness.started.isEmpty, "its lease ran out long ago")
    #expect(harness.settling.count == 1)
  }

  @Test func drainReleasesWaitingAndFinishesRunning() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    harness.handle(
      .claimed([harness.claimed("runs"), harness.claimed("waits"), harness.claimed("early", in: 40)]))
    harness.handle(.drain)
    #expect(harness.settling.first?.settlements.map(\.key.timerID).sorted() == ["early", "waits"])
    harness.settle()
    #expect(!harness.engine.isFinished)
    harness.end("runs", DeliveryHarness.delivered)
    #expect(!harness.engine.isFinished, "it is not settled yet")
    harness.settle()
    #expect(harness.engine.isFinished)
    #expect(harness.started == ["runs"])
  }

  @Test func duplicateClaimIsAttemptedOnce() {
    var harness = DeliveryHarness()
    let claimed = harness.claimed("a")
    harness.handle(.claimed([claimed]))
    let before = harness.granted.timers
    harness.handle(.claimed([claimed]))
    #expect(harness.granted.timers == before + 1)
    harness.end("a", DeliveryHarness.delivered)
    harness.settle()
    harness.handle(.claimed([claimed]))
    #expect(harness.started == ["a"])
  }

  @Test func lapsedNodeStartsNothing() {
    var harness = DeliveryHarness()
    harness.handle(.leaseExtended(until: harness.now.monotonic + .seconds(5)))
    harness.handle(.claimed([harness.claimed("now"), harness.claimed("later", in: 5000)]))
    #expect(harness.started == ["now"])
    harness.pass(.seconds(5))
    #expect(harness.started == ["now"])
    #expect(harness.settling.first?.settlements.map(\.key.timerID) == ["later"])
    harness.handle(.leaseExtended(until: harness.now.monotonic + .seconds(7)))
    harness.handle(.claimed([harness.claimed("again")]))
    #expect(harness.started == ["now", "again"])
  }

  @Test func abandonedDrainSettlesOnlyEndedAttempts() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("ends"), harness.claimed("hangs")]))
    harness.handle(.drain)
    harness.end("ends", DeliveryHarness.delivered)
    harness.handle(.abandon)
    #expect(!harness.engine.isFinished, "what has ended is not settled yet")
    harness.settle()
    #expect(harness.engine.isFinished)
    #expect(harness.settling.isEmpty, "the claim of what hangs is left to become void")
  }

  @Test func clockStepKeepsAttemptDuration() throws {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a")]))
    harness.pass(.milliseconds(7))
    harness.stepWall(.seconds(-3600))
    harness.end("a", DeliveryHarness.delivered)
    #expect(try #require(harness.settling.first?.settlements.first?.attempt).durationMilliseconds == 7)
  }
}
