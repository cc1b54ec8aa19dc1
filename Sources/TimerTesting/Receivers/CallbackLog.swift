import Synchronization

/// What arrived, and the one who waits for it.
final class CallbackLog: Sendable {
  private struct Waiter {
    let condition: @Sendable ([ReceivedCallback]) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var callbacks: [ReceivedCallback] = []
    var waiter: Waiter?
  }

  private let state = Mutex(State())

  var callbacks: [ReceivedCallback] { state.withLock { $0.callbacks } }

  func add(_ callback: ReceivedCallback) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.callbacks.append(callback)
      guard let waiter = state.waiter, waiter.condition(state.callbacks) else { return nil }
      state.waiter = nil
      return waiter.continuation
    }?.resume()
  }

  /// Waits until `condition` holds or the task is cancelled, as a test is at the end of its time. One waiter only.
  func wait(until condition: @escaping @Sendable ([ReceivedCallback]) -> Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          precondition(state.waiter == nil, "a receiver has one waiter")
          if Task.isCancelled || condition(state.callbacks) { return true }
          state.waiter = Waiter(condition: condition, continuation: continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.continuation.resume()
    }
  }
}
