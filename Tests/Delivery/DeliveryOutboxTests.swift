import Delivery
import Testing
import TimerModel

/// Messages that Delivery's engine sends along with settlements.
@Suite struct DeliveryOutboxTests {
  @Test func settlementsCarryOutboxMessages() {
    var bench = DeliveryHarness {
      $0.outbox = OutboxPolicy(eventsTopic: "events", deadLettersTopic: "letters", shardCount: 64)
    }
    bench.hear(.claimed([bench.claimed("a"), bench.claimed("b"), bench.claimed("released", in: 60_000)]))
    bench.end("a", DeliveryHarness.delivered)
    bench.end("b", AttemptOutcome(.refused, statusCode: 400, error: "status 400"))
    bench.settle()
    #expect(bench.settling.flatMap(\.settlements).flatMap(\.messages).map(\.topic) == ["events", "letters"])
    // What could not be written is written again with the same messages.
    let ids = bench.settling.flatMap(\.settlements).flatMap(\.messages).map(\.id)
    bench.settle(nil)
    bench.pass(.seconds(1))
    #expect(bench.settling.flatMap(\.settlements).flatMap(\.messages).map(\.id) == ids)
    bench.settle()
    // No attempt was made: there is nothing to tell.
    bench.hear(.drain)
    #expect(bench.settling.flatMap(\.settlements).map(\.messages) == [[]])
  }

  @Test func settlementsWithoutOutboxCarryNothing() {
    var bench = DeliveryHarness()
    bench.hear(.claimed([bench.claimed("a")]))
    bench.end("a", AttemptOutcome(.refused, statusCode: 400))
    #expect(bench.settling.flatMap(\.settlements).map(\.messages) == [[]])
  }
}
