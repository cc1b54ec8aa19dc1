import Delivery
import Testing
import TimerModel
import TimerWire

/// Messages that Delivery's engine sends along with settlements.
@Suite struct DeliveryOutboxTests {
  @Test func settlementsCarryOutboxMessages() {
    var harness = DeliveryHarness {
      $0.outbox = OutboxPolicy(eventsTopic: "events", deadLettersTopic: "letters", shardCount: 64)
    }
    harness.handle(
      .claimed([harness.claimed("a"), harness.claimed("b"), harness.claimed("released", in: 60_000)]))
    harness.end("a", DeliveryHarness.delivered)
    harness.end("b", AttemptOutcome(.permanentFailure, statusCode: 400, error: "status 400"))
    harness.settle()
    #expect(
      harness.settling.flatMap(\.settlements).flatMap(\.messages).map(\.topic) == ["events", "letters"])
    // What could not be written is written again with the same messages.
    let ids = harness.settling.flatMap(\.settlements).flatMap(\.messages).map(\.id)
    harness.settle(nil)
    harness.pass(.seconds(1))
    #expect(harness.settling.flatMap(\.settlements).flatMap(\.messages).map(\.id) == ids)
    harness.settle()
    // No attempt was made: there is nothing to tell.
    harness.handle(.drain)
    #expect(harness.settling.flatMap(\.settlements).map(\.messages) == [[]])
  }

  @Test func settlementsWithoutOutboxCarryNothing() {
    var harness = DeliveryHarness()
    harness.handle(.claimed([harness.claimed("a")]))
    harness.end("a", AttemptOutcome(.permanentFailure, statusCode: 400))
    #expect(harness.settling.flatMap(\.settlements).map(\.messages) == [[]])
  }
}
