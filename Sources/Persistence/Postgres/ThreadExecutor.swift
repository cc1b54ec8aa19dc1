import Glibc
import NodeRuntime

/// Runs the jobs of one actor on a thread of its own, so that they may block.
final class ThreadExecutor: SerialExecutor {
  private let queue: JobQueue

  /// Starts the thread; `name` has at most 15 characters.
  init(name: String) {
    let queue = JobQueue()
    self.queue = queue
    NamedThread.start(name: name) { queue.run() }
  }

  deinit { queue.stop() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.add { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// The state that the thread and the executor share; it lives until both have let go.
private final class JobQueue: @unchecked Sendable {
  // Guarded by `mutex`. Swift's Mutex has no condition variable, hence the unchecked conformance.
  private var jobs: [() -> Void] = []
  private var isStopped = false

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func add(_ job: @escaping () -> Void) { change { jobs.append(job) } }

  func stop() { change { isStopped = true } }

  func run() {
    while let jobs = next() {
      for job in jobs { job() }
    }
  }

  private func change(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Waits for jobs; nil once the executor is gone, after which there can be none.
  private func next() -> [() -> Void]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isStopped { return nil }
      pthread_cond_wait(condition, mutex)
    }
    defer { jobs = [] }
    return jobs
  }
}
