import DequeModule
import Synchronization
import TimerModel

/// Requests that wait for the batch which applies their commands.
final class CommandQueue: Sendable {
  /// The commands of one request; they are applied in one batch.
  struct Item: Sendable {
    let id: UInt64
    let commands: [TimerCommand]
  }

  private typealias Request = CheckedContinuation<[CommandResult], any Error>

  private struct State {
    var waiting: Deque<Item> = []
    var waitingCommands = 0
    var requests: [UInt64: Request] = [:]
    var reader: CheckedContinuation<Void, Never>?
    var nextID: UInt64 = 0
    var isClosed = false

    mutating func takeReader() -> CheckedContinuation<Void, Never>? {
      defer { reader = nil }
      return reader
    }

    /// Takes items until they have `limit` commands; one item at least.
    mutating func takeBatch(limit: Int) -> [Item] {
      var (count, commands) = (0, 0)
      for item in waiting {
        guard count == 0 || commands + item.commands.count <= limit else { break }
        count += 1
        commands += item.commands.count
      }
      let batch = Array(waiting.prefix(count))
      waiting.removeFirst(count)
      waitingCommands -= commands
      return batch
    }
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// The number of commands that wait.
  var count: Int { state.withLock { $0.waitingCommands } }

  /// Queues the commands of a request and waits until `finish` or `fail` is called for them.
  func submit(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { request in
        enqueue(Item(id: id, commands: commands), request)
      }
    } onCancel: {
      state.withLock { state in
        // Commands that no batch has taken yet are withdrawn for good.
        if let place = state.waiting.firstIndex(where: { $0.id == id }) {
          state.waitingCommands -= state.waiting.remove(at: place).commands.count
        }
        return state.requests.removeValue(forKey: id)
      }?.resume(throwing: CancellationError())
    }
  }

  /// Waits for requests and takes those at the front, up to `limit` commands; nil once closed and empty. One reader only.
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
      if state.waiting.isEmpty { return state.isClosed ? nil : [] }
      return state.takeBatch(limit: limit)
    }
  }

  /// Answers the requests that still wait for `batch`; `results` has one result for each command.
  func finish(_ batch: [Item], _ results: [CommandResult]) {
    let requests = takeRequests(of: batch)
    var next = results.startIndex
    for (item, request) in zip(batch, requests) {
      let end = min(next + item.commands.count, results.endIndex)
      request?.resume(returning: Array(results[next..<end]))
      next = end
    }
  }

  /// Fails the requests that still wait for `batch`.
  func fail(_ batch: [Item], _ error: any Error) {
    for request in takeRequests(of: batch) { request?.resume(throwing: error) }
  }

  /// Rejects new requests; those that wait are still handed out.
  func close() {
    state.withLock { state in
      state.isClosed = true
      return state.takeReader()
    }?.resume()
  }

  private func takeRequests(of batch: [Item]) -> [Request?] {
    state.withLock { state in batch.map { state.requests.removeValue(forKey: $0.id) } }
  }

  private func enqueue(_ item: Item, _ request: Request) {
    let (error, reader): ((any Error)?, CheckedContinuation<Void, Never>?) = state.withLock { state in
      if Task.isCancelled { return (CancellationError(), nil) }
      guard !state.isClosed else {
        return (Overloaded(.isShuttingDown, retryAfter: .seconds(1)), nil)
      }
      // One request that is larger than the limit has its turn when nothing else waits.
      guard state.waiting.isEmpty || state.waitingCommands + item.commands.count <= limit else {
        return (Overloaded(.queueIsFull, retryAfter: .seconds(1)), nil)
      }
      state.waiting.append(item)
      state.waitingCommands += item.commands.count
      state.requests[item.id] = request
      return (nil, state.takeReader())
    }
    if let error { request.resume(throwing: error) }
    reader?.resume()
  }
}
