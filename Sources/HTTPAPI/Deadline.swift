import NIOCore
import Synchronization

/// Ran out before an operation had ended, or before its beginning was over.
struct DeadlineExceededError: Error, CustomStringConvertible {
  /// True if the time for the beginning is what ran out.
  var isOfBeginning = false

  /// The text in logs and spans, which has stayed the same.
  var description: String { "DeadlineExceededError(isOfBeginning: \(isOfBeginning))" }
}

/// Runs `operation` and returns its result, or throws `DeadlineExceededError` once `duration` has passed, even if the
/// operation does not heed its cancellation.
func withDeadline<Result: Sendable>(
  _ duration: Duration, on eventLoop: any EventLoop,
  _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withDeadline(duration, beginning: duration, on: eventLoop) { hasBegun in
    hasBegun()
    return try await operation()
  }
}

/// Runs an operation whose beginning has a shorter time than the whole: one task and one alarm do for both.
///
/// - Parameter operation: calls what it is given when its beginning is over.
func withDeadline<Result: Sendable>(
  _ duration: Duration, beginning: Duration, on eventLoop: any EventLoop,
  _ operation: @escaping @Sendable (_ hasBegun: @Sendable () -> Void) async throws -> Result
) async throws -> Result {
  let race = Race<Result>()
  let milestone = Milestone()
  // Unstructured, since a child task would have to be waited for although its time is over.
  let work = Task(executorPreference: LoopExecutor(eventLoop)) {
    race.finish(await asResult { try await operation { milestone.reach() } })
  }
  let alarm = DeadlineAlarm(milestone: milestone, rest: duration - beginning) { error in
    race.finish(.failure(error)) { work.cancel() }
  }
  let callback = try eventLoop.scheduleCallback(in: TimeAmount(beginning), handler: alarm)
  defer {
    callback.cancel()
    alarm.cancel()
  }
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { race.begin($0) }
  } onCancel: {
    work.cancel()
  }
}

/// True if the beginning of an operation is over.
private final class Milestone: Sendable {
  private let flag = Atomic(false)

  var isReached: Bool { flag.load(ordering: .acquiring) }

  func reach() { flag.store(true, ordering: .releasing) }
}

/// A callback of the event loop; a scheduled task would bring a promise and a future that nobody waits for.
private final class DeadlineAlarm: NIOScheduledCallbackHandler, Sendable {
  private enum State {
    case beginning
    case rest(NIOScheduledCallback)
    case off
  }

  private let milestone: Milestone
  private let rest: Duration
  private let ring: @Sendable (DeadlineExceededError) -> Void
  private let state = Mutex(State.beginning)

  init(milestone: Milestone, rest: Duration, ring: @escaping @Sendable (DeadlineExceededError) -> Void) {
    self.milestone = milestone
    self.rest = rest
    self.ring = ring
  }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    let hasBegun = milestone.isReached
    let isOver = state.withLock { state in
      // One that is shutting down takes no more callbacks.
      guard case .beginning = state, hasBegun, rest > .zero,
        let next = try? eventLoop.scheduleCallback(in: TimeAmount(rest), handler: self)
      else { return true }
      state = .rest(next)
      return false
    }
    if isOver { ring(DeadlineExceededError(isOfBeginning: !hasBegun)) }
  }

  func cancel() {
    let next: NIOScheduledCallback? = state.withLock { state in
      defer { state = .off }
      if case .rest(let next) = state { return next }
      return nil
    }
    next?.cancel()
  }
}

private func asResult<Value: Sendable>(
  _ operation: @Sendable () async throws -> Value
) async -> Result<Value, any Error> {
  do { return .success(try await operation()) } catch { return .failure(error) }
}

/// Gives one waiter the first of several results.
private final class Race<Value: Sendable>: Sendable {
  private enum State {
    case initial
    case waiting(CheckedContinuation<Value, any Error>)
    case decided(Result<Value, any Error>)
    case over
  }

  private let state = Mutex(State.initial)

  func begin(_ waiter: CheckedContinuation<Value, any Error>) {
    let result: Result<Value, any Error>? = state.withLock { state in
      guard case .decided(let result) = state else {
        state = .waiting(waiter)
        return nil
      }
      state = .over
      return result
    }
    if let result { waiter.resume(with: result) }
  }

  /// Decides the race if it is open; then calls `loser` before the waiter goes on.
  func finish(_ result: Result<Value, any Error>, loser: () -> Void = {}) {
    let (isFirst, waiter): (Bool, CheckedContinuation<Value, any Error>?) = state.withLock { state in
      switch state {
      case .initial:
        state = .decided(result)
        return (true, nil)
      case .waiting(let waiter):
        state = .over
        return (true, waiter)
      case .decided, .over: return (false, nil)
      }
    }
    if isFirst { loser() }
    waiter?.resume(with: result)
  }
}
