import TimerModel

/// Runs the jobs of one actor on a thread of its own, so that they may block.
package final class ThreadExecutor: SerialExecutor {
  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    var isStopped = false

    /// Takes all jobs; nil once the executor is gone, after which there can be none.
    mutating func takeJobs() -> ConditionCheck<[@Sendable () -> Void]?> {
      guard !jobs.isEmpty else { return isStopped ? .met(nil) : .unmet(nextCheck: .distantFuture) }
      defer { jobs = [] }
      return .met(jobs)
    }
  }

  /// The thread shares it and outlives the executor by a moment.
  private let queue: ConditionLock<Queue>

  /// Starts the thread; `name` has at most 15 characters.
  package init(name: String) {
    let queue = ConditionLock(Queue())
    self.queue = queue
    NamedThread.start(name: name) {
      while let jobs = queue.wait(for: { $0.takeJobs() }) {
        for job in jobs { job() }
      }
    }
  }

  deinit { queue.change { $0.isStopped = true } }

  /// Runs a job soon, in order.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.change { $0.jobs.append({ job.runSynchronously(on: self.asUnownedSerialExecutor()) }) }
  }
}
