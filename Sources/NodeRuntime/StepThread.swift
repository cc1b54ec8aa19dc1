package import TimerModel

/// A thread that runs the jobs of tasks that prefer it, and calls back at a time of the monotonic clock.
///
/// An engine that is stepped there waits for an event and for its time in one place: from either to the step, no other thread runs. For
/// the time alone, `Task.sleep` goes through a dispatch timer with a leeway that costs punctuality.
package final class StepThread: TaskExecutor {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var deadline = MonotonicInstant.distantFuture
    var call: @Sendable () -> Void = {}
    /// The time until which the thread waits; `distantPast` while it works.
    var nextCheck = MonotonicInstant.distantPast
    var isStopped = false

    /// Takes the jobs, and the call if it is due; nil is the end.
    mutating func takeWork() -> ConditionCheck<[@Sendable () -> Void]?> {
      var work = jobs
      jobs.removeAll(keepingCapacity: true)
      if deadline != .distantFuture, SystemClock.monotonic() >= deadline {
        deadline = .distantFuture
        work.append(call)
      }
      nextCheck = .distantPast
      guard work.isEmpty else { return .met(work) }
      if isStopped { return .met(nil) }
      nextCheck = deadline
      return .unmet(nextCheck: deadline)
    }
  }

  /// The thread shares it and outlives the handle by a moment.
  private let state: ConditionLock<State>

  /// Starts the thread; `name` shows in the system's lists and has at most 15 characters.
  package init(name: String) {
    let state = ConditionLock(State())
    self.state = state
    NamedThread.start(name: name) {
      while let work = state.wait(for: { $0.takeWork() }) {
        for job in work { job() }
      }
    }
  }

  deinit { state.change { $0.isStopped = true } }

  /// Runs a job soon, in order.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.changeAndWake { state in
      state.jobs.append({ job.runSynchronously(on: self.asUnownedTaskExecutor()) })
      // A thread that works takes it by itself.
      return state.nextCheck != .distantPast
    }
  }

  /// Sets the only alarm to `deadline`; an earlier setting is replaced.
  package func setAlarm(_ deadline: MonotonicInstant, call: @escaping @Sendable () -> Void) {
    state.changeAndWake { state in
      (state.deadline, state.call) = (deadline, call)
      return deadline < state.nextCheck
    }
  }
}
