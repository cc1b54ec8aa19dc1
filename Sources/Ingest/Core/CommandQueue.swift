import DequeModule
import Synchronization
import TimerModel

/// Commands that wait for their batch, and the requests that wait for the commands.
final class CommandQueue: Sendable {
  struct Item: Sendable {
    let id: UInt64
    let command: TimerCommand
  }

  private typealias Request = CheckedContinuation<CommandResult, any Error>

  private struct State {
    var waiting: Deque<Item> = []
    var requests: [UInt64: Request] = [:]
    var reader: CheckedContinuation<Void, Never>?
    var nextID: UInt64 = 0
    var isClosed = false

    mutating func takeReader() -> CheckedContinuation<Void, Never>? {
      defer { reader = nil }
      return reader
    }
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.waiting.count } }

  /// Queues a command and waits until `finish` is called for it.
  func submit(_ command: TimerCommand) async throws -> CommandResult {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { request in
        enqueue(Item(id: id, command: command), request)
      }
    } onCancel: {
      state.withLock { state in
        // A command that no batch has taken yet is withdrawn for good.
        state.waiting.removeAll { $0.id == id }
        return state.requests.removeValue(forKey: id)
      }?.resume(throwing: CancellationError())
    }
  }

  /// Waits for commands and takes up to `limit` of them, in order; nil once closed and empty. One reader only.
  func next(limit: Int) async -> [Item]? {
    await withCheckedContinuation { reader in
      let isReady = state.withLock { state in
        guard state.waiting.isEmpty, !state.isClosed else { return true }
        state.reader = reader
        return false
      }
      if isReady { reader.resume() }
    }
    return state.withLock { state in
      guard !state.waiting.isEmpty else { return state.isClosed ? nil : [] }
      let batch = Array(state.waiting.prefix(limit))
      state.waiting.removeFirst(batch.count)
      return batch
    }
  }

  /// Answers the request that waits for `item`, if it still does.
  func finish(_ item: Item, _ result: Result<CommandResult, any Error>) {
    state.withLock { $0.requests.removeValue(forKey: item.id) }?.resume(with: result)
  }

  /// Takes no more commands; those that wait are still handed out.
  func close() {
    state.withLock { state in
      state.isClosed = true
      return state.takeReader()
    }?.resume()
  }

  private func enqueue(_ item: Item, _ request: Request) {
    let (error, reader): ((any Error)?, CheckedContinuation<Void, Never>?) = state.withLock { state in
      if Task.isCancelled { return (CancellationError(), nil) }
      guard !state.isClosed else {
        return (Overloaded(.isShuttingDown, retryAfter: .seconds(1)), nil)
      }
      guard state.waiting.count < limit else {
        return (Overloaded(.queueIsFull, retryAfter: .seconds(1)), nil)
      }
      state.waiting.append(item)
      state.requests[item.id] = request
      return (nil, state.takeReader())
    }
    if let error { request.resume(throwing: error) }
    reader?.resume()
  }
}
