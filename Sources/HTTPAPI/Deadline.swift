import NIOCore
import Synchronization

/// Ran out before an operation had ended.
struct DeadlineExceeded: Error {}

/// Runs `operation` and returns its result, or throws `DeadlineExceeded` once `duration` has passed, even if the
/// operation does not heed its cancellation.
func withDeadline<Result: Sendable>(
  _ duration: Duration, on eventLoop: any EventLoop,
  _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let race = Race<Result>()
  // Unstructured, since a child task would have to be waited for although its time is over.
  let work = Task(executorPreference: LoopExecutor(eventLoop)) { race.finish(await asResult(operation)) }
  let alarm = try eventLoop.scheduleCallback(
    in: TimeAmount(duration),
    handler: DeadlineAlarm { race.finish(.failure(DeadlineExceeded())) { work.cancel() } })
  defer { alarm.cancel() }
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { race.begin($0) }
  } onCancel: {
    work.cancel()
  }
}

/// A callback of the event loop; a scheduled task would bring a promise and a future that nobody waits for.
private struct DeadlineAlarm: NIOScheduledCallbackHandler, Sendable {
  let ring: @Sendable () -> Void

  func handleScheduledCallback(eventLoop: some EventLoop) { ring() }
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
