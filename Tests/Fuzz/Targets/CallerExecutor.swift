import Synchronization

/// Runs asynchronous work in the thread that asks for it, so that what an input leads to is over before the next comes.
final class CallerExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
  }

  /// Runs `work` to its end.
  func run(_ work: @escaping @Sendable () async -> Void) {
    let end = End()
    Task(executorPreference: self) {
      await work()
      end.isReached.store(true, ordering: .releasing)
    }
    // Work that waits for another thread is found again by looking; none of the targets does.
    while !end.isReached.load(ordering: .acquiring) {
      let ready = jobs.withLock { jobs in
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
      }
      for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  private final class End: Sendable {
    let isReached = Atomic(false)
  }
}
