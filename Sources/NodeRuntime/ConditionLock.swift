import Glibc
package import TimerModel

/// A state that threads change under a lock, and one thread that waits for a change. Swift's `Mutex` has no condition variable.
package final class ConditionLock<State: Sendable>: @unchecked Sendable {
  // Guarded by `mutex`, hence the unchecked conformance.
  private var state: State

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates a lock around `state`.
  package init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    defer { pthread_condattr_destroy(&attributes) }
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes the state, and wakes the thread that waits.
  package func change(_ body: (inout State) -> Void) {
    changeAndWake { state in
      body(&state)
      return true
    }
  }

  /// Changes the state, and wakes the thread that waits if `body` returns true.
  package func changeAndWake(if body: (inout State) -> Bool) {
    pthread_mutex_lock(mutex)
    let wakes = body(&state)
    // After the mutex: a thread that is woken before would have to wait for it.
    pthread_mutex_unlock(mutex)
    if wakes { pthread_cond_signal(condition) }
  }

  /// Blocks the thread until `check` finds in the state what it looks for; it is asked at first, after each change, and at the time that it
  /// names.
  package func wait<Value>(for check: (inout State) -> ConditionCheck<Value>) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      switch check(&state) {
      case .met(let value): return value
      case .unmet(nextCheck: .distantFuture): pthread_cond_wait(condition, mutex)
      case .unmet(let nextCheck): wait(until: nextCheck)
      }
    }
  }

  private func wait(until deadline: MonotonicInstant) {
    let (seconds, rest) = deadline.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1000)
    pthread_cond_timedwait(condition, mutex, &time)
  }
}

/// The result of a look at the state of a `ConditionLock`.
package enum ConditionCheck<Value> {
  /// The wait is over.
  case met(Value)
  /// The wait goes on; the state is looked at again at this time even if nobody changes it.
  case unmet(nextCheck: MonotonicInstant)
}
