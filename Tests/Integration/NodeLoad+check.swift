import JSONBytes
import TestSupport
import Testing
import TimerModel

extension NodeLoad {
  /// The result of the check.
  struct Verdict {
    var lost = 0
    var early = 0
    var afterCancel = 0
    var stale = 0
    var otherFiring = 0
    var copies = 0
    /// From `executeAt` to the first arrival, in milliseconds, ascending.
    var latenesses: [Int64] = []

    /// Expects the promises that hold whatever breaks.
    func expectPromisesKept(sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(lost == 0, sourceLocation: sourceLocation)
      #expect(early == 0, sourceLocation: sourceLocation)
      #expect(afterCancel == 0, sourceLocation: sourceLocation)
      #expect(stale == 0, sourceLocation: sourceLocation)
      #expect(otherFiring == 0, sourceLocation: sourceLocation)
    }

    func lateness(_ part: Double) -> Int64 {
      latenesses.isEmpty ? 0 : latenesses[min(latenesses.count - 1, Int(Double(latenesses.count) * part))]
    }
  }

  /// Waits until every timer that must come has come, and looks at all callbacks.
  func verdict(of receiver: HTTPReceiver) async -> Verdict {
    let all = self.all
    let expected = Set(all.executeAt.keys).subtracting(all.cancelledAt.keys).subtracting(all.uncertain)
    await receiver.wait { callbacks in
      callbacks.count >= expected.count && expected.isSubset(of: callbacks.map(\.timerID))
    }
    return Self.verdict(receiver.callbacks, all, expected)
  }

  private static func verdict(
    _ callbacks: [ReceivedCallback], _ all: Told, _ expected: Set<String>
  ) -> Verdict {
    var verdict = Verdict()
    var firings: [String: String] = [:]
    for callback in callbacks {
      let id = callback.timerID
      guard let executeAt = all.executeAt[id] else { continue }
      if callback.arrivedAtMilliseconds < executeAt { verdict.early += 1 }
      if let at = all.cancelledAt[id], callback.arrivedAtMilliseconds > at { verdict.afterCancel += 1 }
      if let at = all.changedAt[id], callback.arrivedAtMilliseconds > at,
        callback.member("payload")?.integer != 2
      {
        verdict.stale += 1
      }
      if let known = firings[id] {
        verdict.copies += 1
        // A change that came between is a new firing, and no copy.
        if known != callback.firingID, all.changedAt[id] == nil, !all.uncertain.contains(id) {
          verdict.otherFiring += 1
        }
      } else {
        firings[id] = callback.firingID
        verdict.latenesses.append(callback.arrivedAtMilliseconds - executeAt)
      }
    }
    verdict.lost = expected.subtracting(firings.keys).count
    verdict.latenesses.sort()
    return verdict
  }
}
