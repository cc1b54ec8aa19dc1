import Delivery
import Testing
import TimerModel

@Suite("Records have room of their own") struct KafkaCapacityTests {
  @Test func waitingRecordsTakeNoCallbackSlots() {
    var bench = DeliveryHarness {
      $0.maxInFlight = 2
      $0.maxKafkaInFlight = 1000
    }
    bench.hear(
      .claimed((0..<900).map { bench.claimed("k\($0)", topic: "t", lease: .seconds(90), payload: [1, 2]) }))
    #expect(bench.running.count == 900)
    #expect(bench.granted == DeliveryCapacity(timers: 900, payloadBytes: 1800), "given back at once")
    bench.hear(.claimed([bench.claimed("a"), bench.claimed("b")]))
    #expect(bench.started.suffix(2) == ["a", "b"])
    bench.end("k0", DeliveryHarness.delivered)
    bench.settle()
    #expect(bench.granted.timers == 900, "not given back twice")
  }

  @Test func recordsStartInDueOrder() {
    var bench = DeliveryHarness()
    bench.hear(
      .claimed(
        (0..<50).reversed().map { bench.claimed("k\($0)", in: Int64($0), topic: "t", lease: .seconds(90)) }))
    bench.pass(.milliseconds(60))
    #expect(bench.started == (0..<50).map { "k\($0)" })
  }

  @Test func brokerOutageReleasesNoRecords() {
    var bench = DeliveryHarness { $0.maxInFlightPerOrigin = 1 }
    bench.hear(.claimed((0..<10).map { bench.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    for _ in 0..<60 { bench.pass(.milliseconds(500)) }
    #expect(bench.settling.isEmpty)
    #expect(bench.running.map(\.request.timeout) == Array(repeating: .seconds(60), count: 10))
  }

  @Test func excessRecordsAreReleasedUntilDelivery() {
    var bench = DeliveryHarness { $0.maxKafkaInFlight = 2 }
    bench.hear(.claimed((0..<3).map { bench.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    #expect(bench.running.count == 2)
    #expect(
      bench.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: bench.now.store + .seconds(1))
      ])
    bench.settle()
    #expect(bench.granted.timers == 3, "and it gives its own room back")
    bench.pass(.seconds(3))
    bench.hear(.claimed([bench.claimed("k3", topic: "t", lease: .seconds(90))]))
    #expect(
      bench.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: bench.now.store + .seconds(3))
      ], "as long as the broker has been away")
    bench.settle()
    #expect(bench.recalled.isEmpty)
    bench.end("k0", DeliveryHarness.delivered)
    bench.settle()
    #expect(bench.recalled.map(\.key.timerID) == ["k2"], "the first of those that found no place")
    bench.hear(.claimed((4..<6).map { bench.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    #expect(bench.started.last == "k4")
    #expect(
      bench.settling.first?.settlements.map(\.ending) == [
        .released(dueAt: bench.now.store + .seconds(1))
      ])
  }

  @Test func firstRecordMayExceedPayloadLimit() {
    var bench = DeliveryHarness { $0.maxKafkaPayloadBytes = 10 }
    bench.hear(
      .claimed([
        bench.claimed("large", topic: "t", lease: .seconds(90), payload: Array(repeating: 1, count: 100)),
        bench.claimed("small", topic: "t", lease: .seconds(90), payload: [1]),
      ]))
    #expect(bench.started == ["large"])
  }

  @Test func recordBacklogDoesNotDelayCallbackSettlement() {
    var bench = DeliveryHarness { $0.settleBatch = 10 }
    bench.hear(.claimed((0..<100).map { bench.claimed("k\($0)", topic: "t", lease: .seconds(90)) }))
    for number in 0..<100 { bench.end("k\(number)", DeliveryHarness.delivered) }
    bench.hear(.claimed([bench.claimed("a")]))
    bench.end("a", DeliveryHarness.delivered)
    bench.settle()
    #expect(bench.settling.first?.settlements.first?.key.timerID == "a")
    #expect(bench.settling.first?.ids.count == 10)
  }

  @Test func callbackSettlementsAreRetriedFirst() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("k", topic: "t", lease: .seconds(90)), bench.claimed("a")]))
    bench.end("k", DeliveryHarness.delivered)
    bench.end("a", DeliveryHarness.delivered)
    bench.settle(nil)
    bench.pass(.milliseconds(100))
    #expect(bench.settling.first?.settlements.map(\.key.timerID) == ["a", "k"])
  }
}
