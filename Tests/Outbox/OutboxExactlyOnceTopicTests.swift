import Outbox
import Testing
import TimerModel

/// The topic to which nothing may go twice.
@Suite struct OutboxExactlyOnceTopicTests {
  @Test func takeoverRepublishesNothing() {
    var killed = OutboxHarness()
    killed.handle(.own([0]))
    killed.settle()
    killed.pass(.seconds(10))
    killed.write("there", topic: "rejected")
    killed.handle(.written)
    killed.settleUntilRemoval()
    #expect(killed.arrived == ["there"] && killed.stored.count == 1)
    // Its successor finds that message and another that was never sent.
    var next = OutboxHarness()
    next.pass(.seconds(10))
    next.stored = killed.stored
    for entry in killed.stored { next.take(entry) }
    next.write("not there", topic: "rejected")
    next.write("event")
    next.handle(.own([0]))
    next.settle()
    #expect(next.arrived == ["there", "event"], "nothing is known yet of what the earlier owner still sends")
    next.pass(.seconds(7))
    #expect(next.arrived == ["there", "event", "not there"])
    #expect(next.stored == [] && next.searches == 1)
  }

  @Test func ownMessagesNeedNoSearch() {
    var harness = OutboxHarness()
    harness.handle(.own([0]))
    harness.settle()
    harness.pass(.seconds(10))
    for number in 0..<3 { harness.write("r\(number)", topic: "rejected", key: "same") }
    harness.handle(.written)
    harness.settle()
    #expect(harness.arrived == ["r0", "r1", "r2"] && harness.searches == 0)
  }

  @Test func failedPublicationIsSearchedBeforeRetry() {
    var harness = OutboxHarness()
    harness.handle(.own([0]))
    harness.settle()
    harness.pass(.seconds(10))
    harness.write("lost answer", topic: "rejected")
    harness.write("lost message", topic: "rejected")
    harness.verdicts = ["lost answer": .failed("timed out"), "lost message": .failed("timed out")]
    harness.take(harness.stored[0])
    harness.handle(.written)
    harness.settle()
    #expect(harness.arrived == ["lost answer"])
    harness.verdicts = [:]
    harness.pass(.seconds(2))
    #expect(harness.arrived == ["lost answer", "lost message"])
    #expect(harness.stored == [] && harness.searches == 1)
  }

  @Test func returnedShardIsSearchedAgain() {
    var harness = OutboxHarness { $0.quarantine = .zero }
    harness.handle(.own([0]))
    harness.settle()
    harness.pass(.seconds(10))
    harness.handle(.own([]))
    harness.write("published by another", topic: "rejected")
    harness.take(harness.stored[0])
    harness.pass(.seconds(10))
    harness.handle(.own([0]))
    harness.settle()
    #expect(harness.arrived == ["published by another"] && harness.stored == [])
  }
}
