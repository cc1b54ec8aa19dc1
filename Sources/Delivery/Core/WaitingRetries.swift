import HeapModule
import Synchronization
import TimerModel

/// When the next attempts are due of timers that failed on this node: the store could say how many wait only by looking at all.
final class WaitingRetries: Sendable {
  private let dueTimes = Mutex(Heap<Timestamp>())

  /// Beyond this the count stays.
  private static let limit = 100_000

  func add(dueAt: Timestamp) {
    dueTimes.withLock { times in
      if times.count < Self.limit { times.insert(dueAt) }
    }
  }

  /// How many are not due yet.
  func count(at now: Timestamp) -> Int {
    dueTimes.withLock { times in
      while let next = times.min, next <= now { times.removeMin() }
      return times.count
    }
  }
}
