import Synchronization

/// The arrivals so far, and a waiter for the next one.
final class Arrivals<Arrival: Sendable>: Sendable {
  private struct Waiter {
    let condition: @Sendable ([Arrival]) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var all: [Arrival] = []
    var waiter: Waiter?
  }

  private let state = Mutex(State())

  var all: [Arrival] { state.withLock { $0.all } }

  func add(_ arrival: Arrival) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.all.append(arrival)
      guard let waiter = state.waiter, waiter.condition(state.all) else { return nil }
      state.waiter = nil
      return waiter.continuation
    }?.resume()
  }

  /// Waits until `condition` holds or the task is cancelled, as a test is at the end of its time. One waiter only.
  func wait(until condition: @escaping @Sendable ([Arrival]) -> Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          precondition(state.waiter == nil, "a receiver has one waiter")
          if Task.isCancelled || condition(state.all) { return true }
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
