import Delivery
import Testing
import TimerModel

@Suite struct DeliveryEngineTests {
  @Test func timersStartAtTheirMillisecond() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a", in: 30), bench.claimed("b", in: 10)]))
    #expect(bench.started.isEmpty)
    #expect(bench.engine.wakeAtMonotonicMicroseconds == 10_000)
    bench.pass(.microseconds(9999))
    #expect(bench.started.isEmpty)
    bench.pass(.microseconds(1))
    #expect(bench.started == ["b"])
    bench.pass(.milliseconds(20))
    #expect(bench.started == ["b", "a"])
  }

  @Test func settlementFreesCapacity() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a", payload: [1, 2, 3])]))
    bench.end("a", DeliveryHarness.delivered)
    #expect(bench.settling.first?.settlements.map(\.ending) == [.delivered])
    #expect(bench.granted.timers == 0)
    bench.settle()
    #expect(bench.granted == DeliveryCapacity(timers: 1, payloadBytes: 3))
    #expect(bench.announced.isEmpty)
  }

  @Test func retryIsAnnouncedAfterSettlement() throws {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a")]))
    bench.end("a", DeliveryHarness.failed)
    #expect(bench.announced.isEmpty)
    bench.settle()
    let next = try #require(bench.announced.first)
    #expect(next.dueAt >= bench.now.store && next.dueAt <= bench.now.store + .seconds(1))
  }

  @Test func lostClaimsAreForgotten() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a")]))
    bench.end("a", DeliveryHarness.failed)
    bench.settle(.lost)
    #expect(bench.announced.isEmpty)
    #expect(bench.granted.timers == 1)
  }

  @Test func failedSettlementIsRetriedAfterDelay() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a")]))
    bench.end("a", DeliveryHarness.delivered)
    bench.settle(nil)
    #expect(bench.settling.isEmpty)
    bench.pass(.milliseconds(99))
    #expect(bench.settling.isEmpty)
    bench.pass(.milliseconds(1))
    #expect(bench.settling.first?.settlements.map(\.ending) == [.delivered])
  }

  @Test func endingsDuringWriteShareNextBatch() {
    var bench = DeliveryHarness()
    bench.hear(.claimed(["a", "b", "c"].map { bench.claimed($0) }))
    for id in ["a", "b", "c"] { bench.end(id, DeliveryHarness.delivered) }
    #expect(bench.settling.map(\.ids.count) == [1])
    bench.settle()
    #expect(bench.settling.map(\.ids.count) == [2])
  }

  @Test func attemptsInFlightAreLimited() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 3
      $0.maxInFlightPerOrigin = 3
    }
    bench.hear(.claimed((0..<5).map { bench.claimed("t\($0)") }))
    #expect(bench.running.count == 3)
    bench.end("t0", DeliveryHarness.delivered)
    #expect(bench.running.count == 3)
    #expect(bench.started == ["t0", "t1", "t2", "t3"])
  }

  @Test func attemptsPerOriginAreLimited() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 10
      $0.maxInFlightPerOrigin = 4
    }
    bench.hear(.claimed((0..<8).map { bench.claimed("t\($0)", url: "http://hangs/\($0)") }))
    #expect(bench.running.count == 4)
    bench.hear(.claimed([bench.claimed("other", url: "http://works/")]))
    #expect(bench.started.last == "other")
  }

  @Test func originIgnoresPathAndLetterCase() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 3 }
    let same = ["http://hangs:80", "HTTP://Hangs:80/a/b", "http://hangs:80?a=/", "http://hangs:80#a"]
    bench.hear(.claimed(same.enumerated().map { bench.claimed("t\($0)", url: $1) }))
    #expect(bench.running.count == 3)
    for other in ["http://hangs/", "https://hangs:80/", "http://hang:80/"] {
      bench.hear(.claimed([bench.claimed(other, url: other)]))
      #expect(bench.started.last == other)
    }
  }

  @Test func respondingOriginKeepsItsQueue() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    bench.hear(.claimed((0..<20).map { bench.claimed("t\($0)") }))
    for number in 0..<20 {
      bench.pass(.milliseconds(20))
      bench.end("t\(number)", DeliveryHarness.delivered)
    }
    #expect(bench.started.count == 20)
  }

  @Test func expiringClaimIsReleased() {
    var bench = DeliveryHarness()
    let timer = bench.claimed("a", in: 31_000, lease: .seconds(45))
    bench.hear(.claimed([timer]))
    bench.pass(.milliseconds(30_001))
    bench.stepWall(.seconds(60))
    #expect(bench.started.isEmpty)
    #expect(bench.settling.first?.settlements.map(\.ending) == [.released(dueAt: timer.timer.dueAt)])
  }

  @Test func clockStepBackStartsNothingEarly() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a", in: 10)]))
    bench.stepWall(.seconds(-3600))
    bench.pass(.seconds(20))
    #expect(bench.started.isEmpty)
    bench.pass(.seconds(3600))
    #expect(bench.started.isEmpty, "its lease ran out long ago")
    #expect(bench.settling.count == 1)
  }

  @Test func drainReleasesWaitingAndFinishesRunning() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    bench.hear(.claimed([bench.claimed("runs"), bench.claimed("waits"), bench.claimed("early", in: 40)]))
    bench.hear(.drain)
    #expect(bench.settling.first?.settlements.map(\.key.timerID).sorted() == ["early", "waits"])
    bench.settle()
    #expect(!bench.engine.isFinished)
    bench.end("runs", DeliveryHarness.delivered)
    #expect(!bench.engine.isFinished, "it is not settled yet")
    bench.settle()
    #expect(bench.engine.isFinished)
    #expect(bench.started == ["runs"])
  }

  @Test func duplicateClaimIsAttemptedOnce() {
    var bench = DeliveryHarness()
    let claimed = bench.claimed("a")
    bench.hear(.claimed([claimed]))
    let before = bench.granted.timers
    bench.hear(.claimed([claimed]))
    #expect(bench.granted.timers == before + 1)
    bench.end("a", DeliveryHarness.delivered)
    bench.settle()
    bench.hear(.claimed([claimed]))
    #expect(bench.started == ["a"])
  }

  @Test func lapsedNodeStartsNothing() {
    var bench = DeliveryHarness()
    bench.hear(.leaseExtended(untilMonotonicMicroseconds: 5_000_000))
    bench.hear(.claimed([bench.claimed("now"), bench.claimed("later", in: 5000)]))
    #expect(bench.started == ["now"])
    bench.pass(.seconds(5))
    #expect(bench.started == ["now"])
    #expect(bench.settling.first?.settlements.map(\.key.timerID) == ["later"])
    bench.hear(.leaseExtended(untilMonotonicMicroseconds: 12_000_000))
    bench.hear(.claimed([bench.claimed("again")]))
    #expect(bench.started == ["now", "again"])
  }

  @Test func abandonedDrainSettlesOnlyEndedAttempts() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("ends"), bench.claimed("hangs")]))
    bench.hear(.drain)
    bench.end("ends", DeliveryHarness.delivered)
    bench.hear(.abandon)
    #expect(!bench.engine.isFinished, "what has ended is not settled yet")
    bench.settle()
    #expect(bench.engine.isFinished)
    #expect(bench.settling.isEmpty, "the claim of what hangs is left to become void")
  }

  @Test func clockStepKeepsAttemptDuration() throws {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a")]))
    bench.pass(.milliseconds(7))
    bench.stepWall(.seconds(-3600))
    bench.end("a", DeliveryHarness.delivered)
    #expect(try #require(bench.settling.first?.settlements.first?.attempt).durationMilliseconds == 7)
  }
}
