import Synchronization
package import TimerModel

/// Events on their way to one reader, which waits for them or for a deadline.
///
/// It has no bound of its own: what posts to it is bounded by capacity that was granted before, or drops.
package final class Mailbox<Event: Sendable>: Sendable {
  private struct State {
    var events: [Event] = []
    var reader: CheckedContinuation<Void, Never>?

    mutating func takeReader() -> CheckedContinuation<Void, Never>? {
      defer { reader = nil }
      return reader
    }
  }

  private let state = Mutex(State())
  /// The thread on which a reader waits with the least delay.
  package let thread: StepThread

  /// Creates an empty mailbox; `name` is that of its thread.
  package init(name: String) { thread = StepThread(name: name) }

  /// The number of waiting events.
  package var count: Int { state.withLock { $0.events.count } }

  /// Adds an event and wakes the reader. Never blocks.
  package func post(_ event: Event) {
    state.withLock {
      $0.events.append(event)
      return $0.takeReader()
    }?.resume()
  }

  /// Returns what has been posted since the last call; waits for the first event, until `deadline`,
  /// or until the task is cancelled. There must be one reader only.
  package func next(until deadline: MonotonicInstant) async -> [Event] {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          precondition(state.reader == nil, "a mailbox has one reader")
          guard state.events.isEmpty, !Task.isCancelled else { return true }
          state.reader = continuation
          return false
        }
        if isReady {
          continuation.resume()
        } else {
          thread.setAlarm(deadline) { [weak self] in self?.wake() }
        }
      }
    } onCancel: {
      wake()
    }
    return state.withLock { state in
      defer { state.events.removeAll() }
      return state.events
    }
  }

  private func wake() { state.withLock { $0.takeReader() }?.resume() }
}
