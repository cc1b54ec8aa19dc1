import Outbox
import Testing
import TimerModel

/// Publishing and forgetting of messages.
@Suite struct OutboxEngineTests {
  @Test func messagesOfOwnedShardsArePublished() {
    var harness = OutboxHarness()
    harness.write("mine")
    harness.write("other's", shard: 5)
    harness.handle(.own([0, 1]))
    harness.settle()
    #expect(harness.arrived == ["mine"])
    #expect(harness.stored.map(\.message.shard) == [5])
  }

  @Test func ownWritesArePublishedAtOnce() {
    var harness = OutboxHarness()
    harness.handle(.own([0]))
    harness.settle()
    harness.write("a")
    harness.handle(.written)
    harness.settle()
    #expect(harness.arrived == ["a"] && harness.now.monotonic.microseconds == 0)
  }

  @Test func sweepFindsWritesOfOtherNodes() {
    var harness = OutboxHarness()
    harness.handle(.own([0]))
    harness.settle()
    harness.write("a")
    harness.pass(.milliseconds(999))
    #expect(harness.arrived == [])
    harness.pass(.milliseconds(1))
    #expect(harness.arrived == ["a"])
    // One page that finds nothing new ends it: a quiet outbox costs one read each second.
    let pages = harness.pages.count
    harness.pass(.seconds(10))
    #expect(harness.pages.count - pages <= 11)
  }

  @Test func messagesWithOneKeyStayOrdered() {
    var harness = OutboxHarness()
    for text in ["a1", "b1", "a2", "a3"] { harness.write(text, key: String(text.prefix(1))) }
    harness.verdicts["a1"] = .failed("not now")
    harness.handle(.own([0]))
    harness.settle()
    #expect(harness.arrived == ["b1"])
    harness.verdicts = [:]
    harness.pass(.seconds(1))
    #expect(harness.arrived == ["b1", "a1", "a2", "a3"])
    #expect(harness.stored == [])
  }

  @Test func failingTopicBlocksNoOther() {
    var harness = OutboxHarness { $0.pageLimit = 4 }
    for number in 0..<20 {
      harness.write("bad\(number)", topic: "bad")
      harness.verdicts["bad\(number)"] = .failed("no leader")
    }
    harness.write("good")
    harness.handle(.own([0]))
    harness.settle()
    #expect(harness.arrived == ["good"] && harness.now.monotonic.microseconds == 0)
    harness.pass(.seconds(60))
    // 250 ms, doubled up to 4 s.
    let tries = harness.pages.count { !$0.excludedTopics.contains("bad") }
    #expect((15...25).contains(tries), "\(tries)")
    harness.verdicts = [:]
    harness.pass(.seconds(5))
    #expect(harness.arrived.count == 21 && harness.stored == [])
  }

  @Test func unpublishableMessageIsReportedAndDropped() {
    var harness = OutboxHarness()
    harness.write("huge", key: "k")
    harness.write("next", key: "k")
    harness.verdicts["huge"] = .unpublishable("too large")
    harness.handle(.own([0]))
    harness.settle()
    #expect(harness.dropped == ["huge"])
    #expect(harness.arrived == ["next"] && harness.stored == [])
  }

  @Test func failedRemovalDoesNotRepublish() {
    var harness = OutboxHarness()
    harness.write("a")
    harness.handle(.own([0]))
    harness.settleUntilRemoval()
    harness.isStoreAway = true
    harness.settle()
    harness.pass(.seconds(1))
    #expect(harness.arrived == ["a"] && harness.stored.count == 1)
    harness.isStoreAway = false
    harness.pass(.seconds(2))
    #expect(harness.arrived == ["a"] && harness.stored == [])
  }

  @Test func lapsedNodePublishesNothing() {
    var harness = OutboxHarness()
    harness.handle(.own([0]), .leaseExtended(until: harness.now.monotonic + .seconds(5)))
    harness.settle()
    harness.pass(.seconds(5))
    harness.write("a")
    harness.handle(.written)
    harness.settle()
    harness.pass(.seconds(5))
    #expect(harness.arrived == [])
    harness.handle(.leaseExtended(until: harness.now.monotonic + .seconds(40)))
    harness.settle()
    #expect(harness.arrived == ["a"])
  }

  @Test func drainPublishesRemainingMessages() {
    var harness = OutboxHarness { $0.pageLimit = 2 }
    harness.handle(.own([0]))
    harness.settle()
    for number in 0..<5 { harness.write("\(number)") }
    harness.handle(.drain)
    harness.settle()
    #expect(harness.arrived.count == 5 && harness.stored == [] && harness.engine.isFinished)
  }

  @Test func drainDoesNotWaitForBroker() {
    var harness = OutboxHarness()
    harness.handle(.own([0]))
    harness.settle()
    harness.write("a")
    harness.write("b")
    harness.verdicts["b"] = .failed("away")
    harness.handle(.drain)
    harness.settle()
    #expect(harness.arrived == ["a"] && harness.stored.count == 1 && harness.engine.isFinished)
  }
}
