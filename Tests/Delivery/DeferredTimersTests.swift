import Delivery
import Testing
import TimerModel

/// Timers that are deferred for lack of capacity, and their recall.
@Suite struct DeferredTimersTests {
  private static let silent = "the receiver is silent"
  private static let slow = "the receiver is slow"

  /// Capacity for four waiting timers, and two slots at each origin.
  private func smallBench() -> DeliveryHarness {
    DeliveryHarness {
      $0.maxInFlight = 2
      $0.maxInFlightPerOrigin = 2
    }
  }

  private func names(_ batch: SettleBatch?) -> [String] { batch?.settlements.map(\.key.timerID) ?? [] }

  private func reasons(_ batch: SettleBatch?) -> Set<String?> {
    Set(batch?.settlements.map { $0.attempt?.error } ?? [])
  }

  @Test func stalledOriginReleasesNewestTimers() {
    var bench = smallBench()
    bench.hear(.claimed((0..<9).map { bench.claimed("t\($0)", url: "http://hangs/") }))
    bench.pass(.milliseconds(100))
    #expect(bench.settling.isEmpty, "it has had its chance to answer until now")
    bench.pass(.milliseconds(60))
    #expect(names(bench.settling.first).sorted() == ["t6", "t7", "t8"])
    #expect(reasons(bench.settling.first) == [Self.silent])
    bench.settle()
    #expect(bench.announced.map(\.dueAt.milliseconds).allSatisfy { $0 > bench.now.store.milliseconds })
    #expect(bench.granted.timers == 3, "others can be claimed")
    #expect(bench.recalled.isEmpty)
  }

  @Test func shortStallReleasesNothing() {
    var bench = DeliveryHarness()
    bench.hear(.claimed((0..<2100).map { bench.claimed("t\($0)", url: "http://stalls/") }))
    bench.pass(.seconds(3))
    #expect(bench.settling.isEmpty)
    bench.end("t0", DeliveryHarness.delivered)
    #expect(bench.started.last == "t128")
  }

  @Test func firstResponseReclaimsTimersInOrder() {
    var bench = smallBench()
    bench.hear(.claimed((0..<20).map { bench.claimed("t\($0)", in: Int64($0), url: "http://hangs/") }))
    bench.pass(.milliseconds(400))
    while !bench.settling.isEmpty { bench.settle() }
    #expect(bench.recalled.isEmpty)
    // Twice the usual time has passed without an answer: what is answered now says little about the next.
    bench.end("t0", DeliveryHarness.delivered)
    bench.end("t1", DeliveryHarness.delivered)
    for number in 2..<5 { bench.end("t\(number)", DeliveryHarness.delivered) }
    #expect(bench.recalled.map(\.key.timerID).prefix(2) == ["t6", "t7"])
    #expect(
      bench.recalled.map(\.dueAt).allSatisfy { $0 > bench.now.store }, "they are not due by the store")
  }

  @Test func reclaimedTimerStartsAtItsDueTime() throws {
    var bench = smallBench()
    let first = bench.claimed("a")
    var again = first.timer
    let settlement = Settlement(
      key: again.key, fence: again.fence, ending: .released(dueAt: again.dueAt + .seconds(9)),
      attempt: AttemptRecord(
        number: 1, startedAt: bench.now.store, durationMilliseconds: 0, result: .released, error: Self.silent)
    )
    #expect(again.settle(settlement, at: StoreTime(bench.now.store)) == .settled)
    _ = again.claim(
      for: NodeID("node"), lease: .seconds(45), dueThrough: again.dueAt, at: StoreTime(bench.now.store))
    bench.hear(
      .claimed([ClaimedTimer(timer: again, shard: 0, deadlineMonotonicMicroseconds: 45_000_000)]))
    #expect(bench.started == ["a"])
  }

  @Test func reclaimedRetryKeepsItsBackoff() throws {
    var bench = smallBench()
    var timer = bench.claimed("a").timer
    let retryAt = bench.now.store + .seconds(2)
    for (ending, result) in [
      (Settlement.Ending.retry(at: retryAt), AttemptRecord.Result.failed),
      (.released(dueAt: retryAt + .seconds(9)), .released),
    ] {
      let record = AttemptRecord(
        number: timer.attempt, startedAt: bench.now.store, durationMilliseconds: 0, result: result,
        nextAttemptAt: result == .failed ? retryAt : nil)
      _ = timer.settle(
        Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: record),
        at: StoreTime(bench.now.store))
      _ = timer.claim(
        for: NodeID("node"), lease: .seconds(45), dueThrough: timer.dueAt, at: StoreTime(bench.now.store))
    }
    bench.hear(.claimed([ClaimedTimer(timer: timer, shard: 0, deadlineMonotonicMicroseconds: 45_000_000)]))
    bench.pass(.milliseconds(1999))
    #expect(bench.started.isEmpty)
    bench.pass(.milliseconds(1))
    #expect(bench.started == ["a"])
  }

  @Test func slowOriginReleasesExcessTimers() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 2
      $0.maxInFlightPerOrigin = 1
    }
    bench.hear(.claimed((0..<21).map { bench.claimed("t\($0)") }))
    bench.pass(.milliseconds(90))
    bench.end("t0", DeliveryHarness.delivered)
    let released = bench.settling.flatMap(\.settlements).filter { $0.attempt?.result == .released }
    bench.settle()
    let all = released + bench.settling.flatMap(\.settlements)
    #expect(all.map(\.key.timerID).sorted() == (6...20).map { "t\($0)" }.sorted())
    #expect(Set(all.map { $0.attempt?.error }) == [Self.slow])
  }

  @Test func slowOriginKeepsFiveSecondsOfWork() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    bench.hear(.claimed((0..<100).map { bench.claimed("t\($0)") }))
    bench.pass(.milliseconds(90))
    bench.end("t0", DeliveryHarness.delivered)
    bench.pass(.milliseconds(50))
    let released = bench.settling.flatMap(\.settlements).filter { $0.attempt?.result == .released }
    bench.settle()
    let count = released.count + bench.settling.flatMap(\.settlements).count
    #expect(count == 99 - 1 - 55, "one runs, and five seconds' work at 90 ms waits")
  }

  @Test func refusedConnectionsKeepOriginStalled() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 1
      $0.maxInFlightPerOrigin = 1
    }
    bench.hear(.claimed((0..<5).map { bench.claimed("t\($0)") }))
    bench.pass(.milliseconds(90))
    bench.end("t0", DeliveryHarness.refusedConnection)
    bench.settle()
    bench.pass(.milliseconds(160))
    #expect(names(bench.settling.first) == ["t4"])
    #expect(reasons(bench.settling.first) == [Self.silent])
  }

  @Test func nodePauseDoesNotStallOrigins() {
    var bench = smallBench()
    bench.hear(.claimed((0..<9).map { bench.claimed("t\($0)", url: "http://fine/") }))
    for _ in 0..<3 {
      bench.sleep(.seconds(5))
      #expect(bench.settling.isEmpty)
      bench.end(bench.running[0].request.timer.key.timerID, DeliveryHarness.delivered)
      while !bench.settling.isEmpty { bench.settle() }
    }
    #expect(bench.announced.isEmpty, "nothing stepped aside")
  }

  @Test(arguments: [20_000, 100, 3])
  func timersAreReclaimedFewTimes(milliseconds: Int64) {
    var bench = DeliveryHarness {
      $0.maxInFlightPerOrigin = 4
      $0.maxHeldPayloadBytes = 8000
    }
    let payload = [UInt8](repeating: 0x31, count: 300)
    var due: [String: ClaimedTimer] = [:]
    for number in 0..<40 {
      due["t\(number)"] = bench.claimed("t\(number)", lease: .seconds(600), payload: payload)
    }
    bench.hear(.claimed((0..<40).compactMap { due["t\($0)"] }))
    var claims = 0
    var ended = 0
    while ended < 40, claims < 400 {
      bench.pass(.milliseconds(milliseconds))
      for id in bench.running.map(\.request.timer.key.timerID) {
        bench.end(id, DeliveryHarness.delivered)
        ended += 1
      }
      // The store answers, and the scheduler claims what is called.
      for _ in 0..<20 {
        bench.pass(.milliseconds(1))
        for settlement in bench.settling.first?.settlements ?? []
        where settlement.attempt?.result == .released {
          guard var timer = due[settlement.key.timerID]?.timer else { continue }
          _ = timer.settle(settlement, at: StoreTime(bench.now.store))
          _ = timer.claim(
            for: NodeID("node"), lease: .seconds(600), dueThrough: timer.dueAt, at: StoreTime(bench.now.store)
          )
          due[settlement.key.timerID]?.timer = timer
        }
        bench.settle()
        let called = bench.takeCalledBack().compactMap { due[$0.key.timerID] }
        claims += called.count
        if !called.isEmpty { bench.hear(.claimed(called)) }
      }
    }
    #expect(ended == 40)
    #expect(claims <= 120, "each comes a few times at most")
  }

  @Test func silentOriginsLeaveSlotsForOthers() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 20
      $0.maxInFlightPerOrigin = 5
    }
    for origin in 0..<8 {
      bench.hear(.claimed((0..<5).map { bench.claimed("\(origin)-\($0)", url: "http://hangs-\(origin)/") }))
    }
    #expect(bench.running.count == 10 + 6, "half of the places, and one for each that has none")
    bench.hear(.claimed((0..<3).map { bench.claimed("good\($0)", url: "http://good/") }))
    #expect(bench.started.last == "good0")
    bench.end("good0", DeliveryHarness.delivered)
    #expect(bench.started.suffix(2) == ["good1", "good2"], "it answers")
  }

  @Test func silentOriginsShareCapacityFairly() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 6
      $0.maxInFlightPerOrigin = 2
    }
    for (origin, count) in [("a", 40), ("b", 30), ("c", 4)] {
      bench.hear(.claimed((0..<count).map { bench.claimed("\(origin)\($0)", url: "http://\(origin)/") }))
    }
    bench.pass(.milliseconds(200))
    var kept = ["a": 38, "b": 29, "c": 3]
    while !bench.settling.isEmpty {
      for settlement in bench.settling[0].settlements { kept["\(settlement.key.timerID.first ?? "?")"]? -= 1 }
      bench.settle()
    }
    #expect(kept == ["a": 4, "b": 4, "c": 3])
  }

  @Test func longStallKeepsOneTimerPerSlot() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 3 }
    bench.hear(.claimed((0..<50).map { bench.claimed("t\($0)", url: "http://hangs/") }))
    bench.pass(.milliseconds(4900))
    #expect(bench.settling.isEmpty)
    bench.pass(.milliseconds(300))
    #expect(bench.settling.flatMap(\.settlements).count == 50 - 3 - 3, "they can be cancelled")
  }
}
