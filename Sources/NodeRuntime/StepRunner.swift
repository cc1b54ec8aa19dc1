package import TimerModel

/// Steps an engine whenever something happened or its time has come, and carries out what it wants. Steps and actions run on the
/// mailbox's thread.
package struct StepRunner<Engine: StepEngine> {
  /// Carries out an action: at once, returning nil, or as work that ends with an event.
  package typealias Perform = (Engine.Action) -> (@Sendable () async -> Engine.Event)?

  private let mailbox: Mailbox<Engine.Event>
  private let clock: any NodeClock

  /// Creates a runner that reads events from `mailbox` and the time from `clock`.
  package init(mailbox: Mailbox<Engine.Event>, clock: any NodeClock) {
    self.mailbox = mailbox
    self.clock = clock
  }

  /// Runs `engine` until it is finished or the task is cancelled; then cancels the work that still runs, which can make no
  /// difference any more, and waits for its end. After each step `observe` may look at the engine.
  package func run(_ engine: Engine, observe: (Engine) -> Void = { _ in }, perform: Perform) async {
    await withTaskExecutorPreference(mailbox.thread) { await runHere(engine, observe, perform) }
  }

  private func runHere(_ engine: Engine, _ observe: (Engine) -> Void, _ perform: Perform) async {
    var engine = engine
    await withDiscardingTaskGroup { group in
      var events: [Engine.Event] = []
      while !Task.isCancelled {
        for action in engine.step(events, now: clock.now()) {
          guard let work = perform(action) else { continue }
          group.addTask { [mailbox] in mailbox.post(await work()) }
        }
        observe(engine)
        if engine.isFinished { break }
        events = await mailbox.next(until: engine.wakeAt)
      }
      group.cancelAll()
    }
  }
}
