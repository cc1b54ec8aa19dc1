import Delivery
import Testing
import TimerModel

/// Timers that are deferred for lack of capacity, and their recall.
@Suite struct DeferredTimersTests {
  private static let silent = "the receiver is silent"
  private static let slow = "the receiver is slow"

  /// Capacity for four waiting timers, and two slots at each origin.
  private func smallHarness() -> DeliveryHarness {
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
    var harness = smallHarness()
    harness.handle(.claimed((0..<9).map { harness.claimed("t\($0)", url: "http://hangs/") }))
    harness.pass(.milliseconds(100))
    #expect(harness.settling.isEmpty, "it has had its chance to answer until now")
    harness.pass(.milliseconds(60))
    #expect(names(harness.settling.first).sorted() == ["t6", "t7", "t8"])
    #expect(reasons(harness.settling.first) == [Self.silent])
    harness.settle()
    #expect(harness.announced.map(\.dueAt.milliseconds).allSatisfy { $0 > harness.now.store.milliseconds })
    #expect(harness.granted.timers == 3, "others can be claimed")
    #expect(harness.recalled.isEmpty)
  }

  @Test func shortStallReleasesNothing() {
    var harness = DeliveryHarness()
    harness.handle(.claimed((0..<2100).map { harness.claimed("t\($0)", url: "http://stalls/") }))
    harness.pass(.seconds(3))
    #expect(harness.settling.isEmpty)
    harness.end("t0", DeliveryHarness.delivered)
    #expect(harness.started.last == "t128")
  }

  @Test func firstResponseReclaimsTimersInOrder() {
    var harness = smallHarness()
    harness.handle(.claimed((0..<20).map { harness.claimed("t\($0)", in: Int64($0), url: "http://hangs/") }))
    harness.pass(.milliseconds(400))
    while !harness.settling.isEmpty { harness.settle() }
    #expect(harness.recalled.isEmpty)
    // Twice the usual time has passed without an answer: what is answered now says little about the next.
    harness.end("t0", DeliveryHarness.delivered)
    harness.end("t1", DeliveryHarness.delivered)
    for number in 2..<5 { harness.end("t\(number)", DeliveryHarness.delivered) }
    #expect(harness.recalled.map(\.key.timerID).prefix(2) == ["t6", "t7"])
    #expect(
      harness.recalled.map(\.dueAt).allSatisfy { $0 > harness.now.store }, "they are not due by the store")
  }

  @Test func reclaimedTimerStartsAtItsDueTime() throws {
    var harness = smallHarness()
    let first = harness.claimed("a")
    var again = first.timer
    let settlement = Settlement(
      key: again.key, fence: again.fence, ending: .released(dueAt: again.dueAt + .seconds(9)),
      attempt: AttemptRecord(
        number: 1, startedAt: harness.now.store, durationMilliseconds: 0, result: .released,
        error: Self.silent)
    )
    #expect(again.settle(settlement, at: StoreTime(harness.now.store)) == .settled)
    _ = again.claim(
      for: NodeID("node"), lease: .seconds(45), dueThrough: again.dueAt, at: StoreTime(harness.now.store))
    let deadline = MonotonicInstant(microseconds: 45_000_000)
    harness.handle(.claimed([ClaimedTimer(timer: again, shard: 0, deadline: deadline)]))
    #expect(harness.started == ["a"])
  }

  @Test func reclaimedRetryKeepsItsBackoff() throws {
    var harness = smallHarness()
    var timer = harness.claimed("a").timer
    let retryAt = harness.now.store + .seconds(2)
    for (ending, result) in [
      (Settlement.Ending.retry(at: retryAt), AttemptRecord.Result.failed),
      (.released(dueAt: retryAt + .seconds(9)), .released),
    ] {
      let record = AttemptRecord(
        number: timer.attempt, startedAt: harness.now.store, durationMilliseconds: 0, result: result,
        nextAttemptAt: result == .failed ? retryAt : nil)
      _ = timer.settle(
        Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: record),
        at: StoreTime(harness.now.store))
      _ = timer.claim(
        for: NodeID("node"), lease: .seconds(45), dueThrough: timer.dueAt, at: StoreTime(harness.now.store))
    }
    let deadline = MonotonicInstant(microseconds: 45_000_000)
    harness.handle(.claimed([ClaimedTimer(timer: timer, shard: 0, deadline: deadline)]))
    harness.pass(.milliseconds(1999))
    #expect(harness.started.isEmpty)
    harness.pass(.milliseconds(1))
    #expect(harness.started == ["a"])
  }

  @Test func slowOriginReleasesExcessTimers() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 2
      $0.maxInFlightPerOrigin = 1
    }
    harness.handle(.claimed((0..<21).map { harness.claimed("t\($0)") }))
    harness.pass(.milliseconds(90))
    harness.end("t0", DeliveryHarness.delivered)
    let released = harness.settling.flatMap(\.settlements).filter { $0.attempt?.result == .released }
    harness.settle()
    let all = released + harness.settling.flatMap(\.settlements)
    #expect(all.map(\.key.timerID).sorted() == (6...20).map { "t\($0)" }.sorted())
    #expect(Set(all.map { $0.attempt?.error }) == [Self.slow])
  }

  /// Claimed timers of a backlog wait a third of a second for a receiver that keeps up. One late round of responses must not have
  /// them claimed twice.
  @Test func lateResponsesOfBacklogReleaseNothing() {
    var harness = DeliveryHarness()
    harness.handle(.claimed((0..<4_000).map { harness.claimed("t\($0)") }))
    harness.pass(.milliseconds(10))
    for number in 0..<128 { harness.end("t\(number)", DeliveryHarness.delivered) }
    harness.pass(.milliseconds(40))
    for number in 128..<150 { harness.end("t\(number)", DeliveryHarness.delivered) }
    var settled: [Settlement] = []
    while let batch = harness.settling.first {
      settled += batch.settlements
      harness.settle()
    }
    #expect(settled.count == 150)
    #expect(settled.allSatisfy { $0.ending == .delivered })
  }

  @Test func slowOriginKeepsFiveSecondsOfWork() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    harness.handle(.claimed((0..<100).map { harness.claimed("t\($0)") }))
    harness.pass(.milliseconds(90))
    harness.end("t0", DeliveryHarness.delivered)
    harness.pass(.milliseconds(50))
    let released = harness.settling.flatMap(\.settlements).filter { $0.attempt?.result == .released }
    harness.settle()
    let count = released.count + harness.settling.flatMap(\.settlements).count
    #expect(count == 99 - 1 - 55, "one runs, and five seconds' work at 90 ms waits")
  }

  @Test func refusedConnectionsKeepOriginStalled() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 1
      $0.maxInFlightPerOrigin = 1
    }
    harness.handle(.claimed((0..<5).map { harness.claimed("t\($0)") }))
    harness.pass(.milliseconds(90))
    harness.end("t0", DeliveryHarness.refusedConnection)
    harness.settle()
    harness.pass(.milliseconds(160))
    #expect(names(harness.settling.first) == ["t4"])
    #expect(reasons(harness.settling.first) == [Self.silent])
  }

  @Test func nodePauseDoesNotStallOrigins() {
    var harness = smallHarness()
    harness.handle(.claimed((0..<9).map { harness.claimed("t\($0)", url: "http://fine/") }))
    for _ in 0..<3 {
      harness.sleep(.seconds(5))
      #expect(harness.settling.isEmpty)
      harness.end(harness.running[0].request.timer.key.timerID, DeliveryHarness.delivered)
      while !harness.settling.isEmpty { harness.settle() }
    }
    #expect(harness.announced.isEmpty, "nothing stepped aside")
  }

  @Test(arguments: [20_000, 100, 3])
  func timersAreReclaimedFewTimes(milliseconds: Int64) {
    var harness = DeliveryHarness {
      $0.maxInFlightPerOrigin = 4
      $0.maxHeldPayloadBytes = 8000
    }
    let payload = [UInt8](repeating: 0x31, count: 300)
    var due: [String: ClaimedTimer] = [:]
    for number in 0..<40 {
      due["t\(number)"] = harness.claimed("t\(number)", lease: .seconds(600), payload: payload)
    }
    harness.handle(.claimed((0..<40).compactMap { due["t\($0)"] }))
    var claims = 0
    var ended = 0
    while ended < 40, claims < 400 {
      harness.pass(.milliseconds(milliseconds))
      for id in harness.running.map(\.request.timer.key.timerID) {
        harness.end(id, DeliveryHarness.delivered)
        ended += 1
      }
      // The store answers, and the scheduler claims what is called.
      for _ in 0..<20 {
        harness.pass(.milliseconds(1))
        for settlement in harness.settling.first?.settlements ?? []
        where settlement.attempt?.result == .released {
          guard var timer = due[settlement.key.timerID]?.timer else { continue }
          _ = timer.settle(settlement, at: StoreTime(harness.now.store))
          _ = timer.claim(
            for: NodeID("node"), lease: .seconds(600), dueThrough: timer.dueAt,
            at: StoreTime(harness.now.store)
          )
          due[settlement.key.timerID]?.timer = timer
        }
        harness.settle()
        let called = harness.takeCalledBack().compactMap { due[$0.key.timerID] }
        claims += called.count
        if !called.isEmpty { harness.handle(.claimed(called)) }
      }
    }
    #expect(ended == 40)
    #expect(claims <= 120, "each comes a few times at most")
  }

  @Test func silentOriginsLeaveSlotsForOthers() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 20
      $0.maxInFlightPerOrigin = 5
    }
    for origin in 0..<8 {
      harness.handle(
        .claimed((0..<5).map { harness.claimed("\(origin)-\($0)", url: "http://hangs-\(origin)/") }))
    }
    #expect(harness.running.count == 10 + 6, "half of the places, and one for each that has none")
    harness.handle(.claimed((0..<3).map { harness.claimed("good\($0)", url: "http://good/") }))
    #expect(harness.started.last == "good0")
    harness.end("good0", DeliveryHarness.delivered)
    #expect(harness.started.suffix(2) == ["good1", "good2"], "it answers")
  }

  @Test func silentOriginsShareCapacityFairly() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 6
      $0.maxInFlightPerOrigin = 2
    }
    for (origin, count) in [("a", 40), ("b", 30), ("c", 4)] {
      harness.handle(
        .claimed((0..<count).map { harness.claimed("\(origin)\($0)", url: "http://\(origin)/") }))
    }
    harness.pass(.milliseconds(200))
    var kept = ["a": 38, "b": 29, "c": 3]
    while !harness.settling.isEmpty {
      for settlement in harness.settling[0].settlements {
        kept["\(settlement.key.timerID.first ?? "?")"]? -= 1
      }
      harness.settle()
    }
    #expect(kept == ["a": 4, "b": 4, "c": 3])
  }

  @Test func longStallKeepsOneTimerPerSlot() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 3 }
    harness.handle(.claimed((0..<50).map { harness.claimed("t\($0)", url: "http://hangs/") }))
    harness.pass(.milliseconds(4900))
    #expect(harness.settling.isEmpty)
    harness.pass(.milliseconds(300))
    #expect(harness.settling.flatMap(\.settlements).count == 50 - 3 - 3, "they can be cancelled")
  }
}
