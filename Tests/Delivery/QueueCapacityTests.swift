import Delivery
import Testing
import TimerModel

@Suite("Records have room of their own") struct QueueCapacityTests {
  @Test func waitingRecordsTakeNoCallbackSlots() {
    var harness = DeliveryHarness {
      $0.maxInFlight = 2
      $0.queueing.maxInFlight = 1000
    }
    harness.handle(
      .claimed((0..<900).map { harness.claimed("k\($0)", topic: "t", lease: .seconds(90), payload: [1, 2]) }))
    #expect(harness.running.count == 900)
    #expect(harness.granted == DeliveryCapacity(timers: 900, payloadBytes: 1800), "given back at once")
    harness.handle(.claimed([harness.claimed("a"), harness.claimed("b")]))
    #expect(harness.started.suffix(2) == ["a", "b"])
    harness.end("k0", DeliveryHarness.delivered)
    harness.settle()
    #expect(harness.granted.timers == 900, "not given back twice")
  }

  @Test func recordsStartInDueOrder() {
    var harness = DeliveryHarness()
    harness.handle(
      .claimed(
        (0..<50).reversed().map { harness.claimed("k\($0)", in: Int64($0), topic: "t", lease: .seconds(90)) })
    )
    harness.pass(.milliseconds(60))
    #expect(harness.started == (0..<50).map { "k\($0)" })
  }

  @Test func brokerOutageReleasesNoRecords() {
    var harness = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    harness.handle(.claimed((0..<10).map { harness.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    for _ in 0..<60 { harness.pass(.milliseconds(500)) }
    #expect(harness.settling.isEmpty)
    #expect(harness.running.map(\.request.timeout) == Array(repeating: .seconds(60), count: 10))
  }

  @Test func excessRecordsAreReleasedUntilDelivery() {
    var harness = DeliveryHarness { $0.queueing.maxInFlight = 2 }
    harness.handle(.claimed((0..<3).map { harness.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    #expect(harness.running.count == 2)
    #expect(
      harness.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: harness.now.store + .seconds(1))
      ])
    harness.settle()
    #expect(harness.granted.timers == 3, "and it gives its own room back")
    harness.pass(.seconds(3))
    harness.handle(.claimed([harness.claimed("k3", topic: "t", lease: .seconds(90))]))
    #expect(
      harness.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: harness.now.store + .seconds(3))
      ], "as long as the broker has been away")
    harness.settle()
    #expect(harness.recalled.isEmpty)
    harness.end("k0", DeliveryHarness.delivered)
    harness.settle()
    #expect(harness.recalled.map(\.key.timerID) == ["k2"], "the first of those that found no place")
    harness.handle(.claimed((4..<6).map { harness.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    #expect(harness.started.last == "k4")
    #expect(
      harness.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: harness.now.store + .seconds(1))
      ])
  }

  @Test func firstRecordMayExceedPayloadLimit() {
    var harness = DeliveryHarness { $0.queueing.maxPayloadBytes = 10 }
    harness.handle(
      .claimed([
        harness.claimed("large", topic: "t", lease: .seconds(90), payload: Array(repeating: 1, count: 100)),
        harness.claimed("small", topic: "t", lease: .seconds(90), payload: [1]),
      ]))
    #expect(harness.started == ["large"])
  }

  @Test func recordBacklogDoesNotDelayCallbackSettlement() {
    var harness = DeliveryHarness { $0.settleBatch = 10 }
    harness.handle(.claimed((0..<100).map { harness.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    for number in 0..<100 { harness.end("k\(number)", DeliveryHarness.delivered) }
    harness.handle(.claimed([harness.claimed("a")]))
    harness.end("a", DeliveryHarness.delivered)
    harness.settle()
    #expect(harness.settling.first?.settlements.first?.key.timerID == "a")
    #expect(harness.settling.first?.ids.count == 10)
  }

  @Test func callbackSettlementsAreRetriedFirst() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("k", topic: "t", lease: .seconds(90)), harness.claimed("a")]))
    harness.end("k", DeliveryHarness.delivered)
    harness.end("a", DeliveryHarness.delivered)
    harness.settle(nil)
    harness.pass(.milliseconds(100))
    #expect(harness.settling.first?.settlements.map(\.key.timerID) == ["a", "k"])
  }
}
