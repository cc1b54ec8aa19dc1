import HeapModule
import Synchronization
import TimerModel

/// The due times of retries of timers that failed on this node: the store could count them only by looking at
/// all timers.
final class WaitingRetries: Sendable {
  private let dueTimes = Mutex(Heap<Timestamp>())

  /// Beyond this the count stays.
  private static let limit = 100_000

  func add(dueAt: Timestamp) {
    dueTimes.withLock { times in
      if times.count < Self.limit { times.insert(dueAt) }
    }
  }

  /// Returns the number of retries that are not due yet.
  func count(at now: Timestamp) -> Int {
    dueTimes.withLock { times in
      while let next = times.min, next <= now { times.removeMin() }
      return times.count
    }
  }
}
