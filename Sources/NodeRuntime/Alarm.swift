import Glibc
package import TimerModel

/// Calls back at a time of the monotonic clock, to within the kernel's timer precision.
///
/// A thread of its own, since `Task.sleep` goes through a dispatch timer with a leeway that costs punctuality.
package final class Alarm: Sendable {
  private let core: AlarmCore

  /// Starts the thread; `name` shows in the system's lists and has at most 15 characters.
  package init(name: String) {
    core = AlarmCore()
    core.start(name: name)
  }

  deinit { core.stop() }

  /// Sets the only alarm to `deadline`; an earlier setting is replaced.
  package func set(_ deadline: MonotonicInstant, call: @escaping @Sendable () -> Void) {
    core.set(deadline, call)
  }
}

/// The state that the thread and the handle share; it lives until both have let go.
private final class AlarmCore: @unchecked Sendable {
  // Guarded by `mutex`. Swift's Mutex has no condition variable, hence the unchecked conformance.
  private var deadline: MonotonicInstant?
  private var call: (@Sendable () -> Void)?
  private var isStopped = false

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
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

  func start(name: String) { NamedThread.start(name: name) { self.loop() } }

  func stop() { change { isStopped = true } }

  func set(_ deadline: MonotonicInstant, _ call: @escaping @Sendable () -> Void) {
    change {
      self.deadline = deadline
      self.call = call
    }
  }

  private func change(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private func loop() {
    pthread_mutex_lock(mutex)
    while !isStopped {
      guard let deadline else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      guard SystemClock.monotonic() >= deadline else {
        wait(until: deadline)
        continue
      }
      let due = call
      self.deadline = nil
      call = nil
      pthread_mutex_unlock(mutex)
      due?()
      pthread_mutex_lock(mutex)
    }
    pthread_mutex_unlock(mutex)
  }

  private func wait(until deadline: MonotonicInstant) {
    let (seconds, rest) = deadline.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1000)
    pthread_cond_timedwait(condition, mutex, &time)
  }
}
