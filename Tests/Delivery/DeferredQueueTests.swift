import Testing
import TimerModel

@testable import Delivery

@Suite struct DeferredQueueTests {
  private let now = MachineSample.now

  /// Timers that wait since one millisecond after the other, in the order of `names`; each has six bytes of payload.
  private func queue(_ names: [String]) -> DeferredQueue {
    var queue = DeferredQueue()
    for (number, name) in names.enumerated() {
      _ = queue.add(
        MachineSample.due(name), number: UInt64(number), since: now.store + .milliseconds(Int64(number)),
        payloadBytes: 6)
    }
    return queue
  }

  private func recall(
    _ queue: inout DeferredQueue, guaranteed: Int = 0, maximum: Int = 9, payloadBytes: Int = 99
  ) -> [String] {
    let limit = RecallLimit(guaranteed: guaranteed, maximum: maximum, payloadBytes: payloadBytes)
    return queue.recall(limit, at: now.monotonic).map(\.key.timerID)
  }

  @Test func reclaimedTimerIsNotOldest() {
    var queue = queue(["a", "b"])
    let wasThere = queue.remove(MachineSample.due("a").key)
    #expect(wasThere && queue.oldest == now.store + .milliseconds(1))
    #expect(recall(&queue) == ["b"])
    #expect(queue.oldest == nil)
  }

  @Test func timerDeferredAgainCountsOnce() {
    var queue = queue(["a", "b", "a"])
    #expect(queue.count == 2 && queue.oldest == now.store + .milliseconds(1))
    #expect(recall(&queue) == ["b", "a"])
  }

  @Test func payloadsLimitRecallBeyondGuarantee() {
    var queue = queue(["a", "b", "c", "d"])
    #expect(recall(&queue, guaranteed: 1, payloadBytes: 5) == ["a"])
    #expect(recall(&queue, payloadBytes: 12) == ["b", "c"])
  }

  @Test func recalledTimersAreExpectedForOneSecond() {
    var queue = queue(["a", "b", "c"])
    _ = recall(&queue, maximum: 2)
    let remained = queue.remove(MachineSample.due("a").key)
    #expect(!remained && queue.count == 1)
    #expect(queue.expected(at: now.monotonic + .milliseconds(999)) == 1)
    #expect(queue.expected(at: now.monotonic + .seconds(1)) == 0)
  }

  @Test func originIsAskedOncePerMark() {
    var deferred = DeferredTimers()
    for name in ["a", "b"] {
      deferred.add(MachineSample.due(name), of: "origin", since: now.store, payloadBytes: 0)
    }
    var asked: [String] = []
    for _ in 0..<2 {
      _ = deferred.recall(at: now.monotonic) { origin, expected in
        asked.append("\(origin) \(expected)")
        return RecallLimit(guaranteed: 1, maximum: 1, payloadBytes: 0)
      }
    }
    #expect(asked == ["origin 0"])
    deferred.markAllRecallable()
    let recalled = deferred.recall(at: now.monotonic) { _, expected in
      RecallLimit(guaranteed: expected, maximum: expected, payloadBytes: 0)
    }
    #expect(recalled.map(\.key.timerID) == ["b"] && deferred.count(of: "origin") == 0)
  }
}
