package import TimerModel

/// Calls back at a time of the monotonic clock, to within the kernel's timer precision.
///
/// A thread of its own, since `Task.sleep` goes through a dispatch timer with a leeway that costs punctuality.
package final class Alarm: Sendable {
  private struct Setting {
    var deadline: MonotonicInstant
    var call: @Sendable () -> Void
  }

  private struct State {
    var setting: Setting?
    /// The time until which the thread waits.
    var nextCheck = MonotonicInstant.distantPast
    var isStopped = false

    /// Takes the call that is due; nil is the end.
    mutating func takeCall() -> ConditionCheck<(@Sendable () -> Void)?> {
      if isStopped { return .met(nil) }
      if let setting, SystemClock.monotonic() >= setting.deadline {
        self.setting = nil
        nextCheck = .distantPast
        return .met(setting.call)
      }
      nextCheck = setting?.deadline ?? .distantFuture
      return .unmet(nextCheck: nextCheck)
    }
  }

  /// The thread shares it and outlives the handle by a moment.
  private let state: ConditionLock<State>

  /// Starts the thread; `name` shows in the system's lists and has at most 15 characters.
  package init(name: String) {
    let state = ConditionLock(State())
    self.state = state
    NamedThread.start(name: name) {
      while let call = state.wait(for: { $0.takeCall() }) { call() }
    }
  }

  deinit { state.change { $0.isStopped = true } }

  /// Sets the only alarm to `deadline`; an earlier setting is replaced.
  package func set(_ deadline: MonotonicInstant, call: @escaping @Sendable () -> Void) {
    state.changeAndWake { state in
      state.setting = Setting(deadline: deadline, call: call)
      // Later than that, the thread looks by itself.
      return deadline < state.nextCheck
    }
  }
}
