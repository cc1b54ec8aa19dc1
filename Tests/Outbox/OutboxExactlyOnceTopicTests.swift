import Outbox
import Testing
import TimerModel

/// The topic to which nothing may go twice.
@Suite struct OutboxExactlyOnceTopicTests {
  @Test func takeoverRepublishesNothing() {
    var killed = OutboxHarness()
    killed.hear(.own([0]))
    killed.settle()
    killed.pass(.seconds(10))
    killed.write("there", topic: "rejected")
    killed.hear(.written)
    killed.settleUntilRemoval()
    #expect(killed.arrived == ["there"] && killed.stored.count == 1)
    // Its successor finds that message and another that was never sent.
    var next = OutboxHarness()
    next.pass(.seconds(10))
    next.stored = killed.stored
    for entry in killed.stored { next.take(entry) }
    next.write("not there", topic: "rejected")
    next.write("event")
    next.hear(.own([0]))
    next.settle()
    #expect(next.arrived == ["there", "event"], "nothing is known yet of what the earlier owner still sends")
    next.pass(.seconds(7))
    #expect(next.arrived == ["there", "event", "not there"])
    #expect(next.stored == [] && next.searches == 1)
  }

  @Test func ownMessagesNeedNoSearch() {
    var bench = OutboxHarness()
    bench.hear(.own([0]))
    bench.settle()
    bench.pass(.seconds(10))
    for number in 0..<3 { bench.write("r\(number)", topic: "rejected", key: "same") }
    bench.hear(.written)
    bench.settle()
    #expect(bench.arrived == ["r0", "r1", "r2"] && bench.searches == 0)
  }

  @Test func failedPublicationIsSearchedBeforeRetry() {
    var bench = OutboxHarness()
    bench.hear(.own([0]))
    bench.settle()
    bench.pass(.seconds(10))
    bench.write("lost answer", topic: "rejected")
    bench.write("lost message", topic: "rejected")
    bench.verdicts = ["lost answer": .failed("timed out"), "lost message": .failed("timed out")]
    bench.take(bench.stored[0])
    bench.hear(.written)
    bench.settle()
    #expect(bench.arrived == ["lost answer"])
    bench.verdicts = [:]
    bench.pass(.seconds(2))
    #expect(bench.arrived == ["lost answer", "lost message"])
    #expect(bench.stored == [] && bench.searches == 1)
  }

  @Test func returnedShardIsSearchedAgain() {
    var bench = OutboxHarness { $0.quarantine = .zero }
    bench.hear(.own([0]))
    bench.settle()
    bench.pass(.seconds(10))
    bench.hear(.own([]))
    bench.write("published by another", topic: "rejected")
    bench.take(bench.stored[0])
    bench.pass(.seconds(10))
    bench.hear(.own([0]))
    bench.settle()
    #expect(bench.arrived == ["published by another"] && bench.stored == [])
  }
}
