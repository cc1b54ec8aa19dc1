import Outbox
import Testing
import TimerModel

/// Publishing and forgetting of messages.
@Suite struct OutboxEngineTests {
  @Test func messagesOfOwnedShardsArePublished() {
    var bench = OutboxHarness()
    bench.write("mine")
    bench.write("other's", shard: 5)
    bench.hear(.own([0, 1]))
    bench.settle()
    #expect(bench.arrived == ["mine"])
    #expect(bench.stored.map(\.message.shard) == [5])
  }

  @Test func ownWritesArePublishedAtOnce() {
    var bench = OutboxHarness()
    bench.hear(.own([0]))
    bench.settle()
    bench.write("a")
    bench.hear(.written)
    bench.settle()
    #expect(bench.arrived == ["a"] && bench.now.monotonicMicroseconds == 0)
  }

  @Test func sweepFindsWritesOfOtherNodes() {
    var bench = OutboxHarness()
    bench.hear(.own([0]))
    bench.settle()
    bench.write("a")
    bench.pass(.milliseconds(999))
    #expect(bench.arrived == [])
    bench.pass(.milliseconds(1))
    #expect(bench.arrived == ["a"])
    // One page that finds nothing new ends it: a quiet outbox costs one read each second.
    let pages = bench.pages.count
    bench.pass(.seconds(10))
    #expect(bench.pages.count - pages <= 11)
  }

  @Test func messagesWithOneKeyStayOrdered() {
    var bench = OutboxHarness()
    for text in ["a1", "b1", "a2", "a3"] { bench.write(text, key: String(text.prefix(1))) }
    bench.verdicts["a1"] = .failed("not now")
    bench.hear(.own([0]))
    bench.settle()
    #expect(bench.arrived == ["b1"])
    bench.verdicts = [:]
    bench.pass(.seconds(1))
    #expect(bench.arrived == ["b1", "a1", "a2", "a3"])
    #expect(bench.stored == [])
  }

  @Test func failingTopicBlocksNoOther() {
    var bench = OutboxHarness { $0.pageLimit = 4 }
    for number in 0..<20 {
      bench.write("bad\(number)", topic: "bad")
      bench.verdicts["bad\(number)"] = .failed("no leader")
    }
    bench.write("good")
    bench.hear(.own([0]))
    bench.settle()
    #expect(bench.arrived == ["good"] && bench.now.monotonicMicroseconds == 0)
    bench.pass(.seconds(60))
    // 250 ms, doubled up to 4 s.
    let tries = bench.pages.count { !$0.excludedTopics.contains("bad") }
    #expect((15...25).contains(tries), "\(tries)")
    bench.verdicts = [:]
    bench.pass(.seconds(5))
    #expect(bench.arrived.count == 21 && bench.stored == [])
  }

  @Test func refusedMessageIsReportedAndDropped() {
    var bench = OutboxHarness()
    bench.write("huge", key: "k")
    bench.write("next", key: "k")
    bench.verdicts["huge"] = .refused("too large")
    bench.hear(.own([0]))
    bench.settle()
    #expect(bench.refused == ["huge"])
    #expect(bench.arrived == ["next"] && bench.stored == [])
  }

  @Test func failedRemovalDoesNotRepublish() {
    var bench = OutboxHarness()
    bench.write("a")
    bench.hear(.own([0]))
    bench.settleUntilRemoval()
    bench.isStoreAway = true
    bench.settle()
    bench.pass(.seconds(1))
    #expect(bench.arrived == ["a"] && bench.stored.count == 1)
    bench.isStoreAway = false
    bench.pass(.seconds(2))
    #expect(bench.arrived == ["a"] && bench.stored == [])
  }

  @Test func lapsedNodePublishesNothing() {
    var bench = OutboxHarness()
    bench.hear(.own([0]), .leaseExtended(untilMonotonicMicroseconds: 5_000_000))
    bench.settle()
    bench.pass(.seconds(5))
    bench.write("a")
    bench.hear(.written)
    bench.settle()
    bench.pass(.seconds(5))
    #expect(bench.arrived == [])
    bench.hear(.leaseExtended(untilMonotonicMicroseconds: 50_000_000))
    bench.settle()
    #expect(bench.arrived == ["a"])
  }

  @Test func drainPublishesRemainingMessages() {
    var bench = OutboxHarness { $0.pageLimit = 2 }
    bench.hear(.own([0]))
    bench.settle()
    for number in 0..<5 { bench.write("\(number)") }
    bench.hear(.drain)
    bench.settle()
    #expect(bench.arrived.count == 5 && bench.stored == [] && bench.engine.isFinished)
  }

  @Test func drainDoesNotWaitForBroker() {
    var bench = OutboxHarness()
    bench.hear(.own([0]))
    bench.settle()
    bench.write("a")
    bench.write("b")
    bench.verdicts["b"] = .failed("away")
    bench.hear(.drain)
    bench.settle()
    #expect(bench.arrived == ["a"] && bench.stored.count == 1 && bench.engine.isFinished)
  }
}
