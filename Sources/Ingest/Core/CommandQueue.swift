import DequeModule
import Synchronization
import TimerModel

/// Requests that wait for their turn to commit a batch, or for the batch of another request.
///
/// A request that finds fewer than `concurrentBatches` in progress commits at once, on its own task. While there are as many, requests
/// wait; when a batch is done, the first of those that wait commits all of them.
final class CommandQueue: Sendable {
  /// The commands of one request; they are applied in one batch.
  struct Item: Sendable {
    let id: UInt64
    let commands: [TimerCommand]
  }

  /// The end of a request's wait.
  enum Turn: Sendable {
    /// It is to commit these; the first is its own.
    case commit([Item])
    /// Another request has committed its commands.
    case committed([CommandResult])
  }

  private typealias Request = CheckedContinuation<Turn, any Error>

  private struct State {
    var waiting: Deque<Item> = []
    var waitingCommands = 0
    var requests: [UInt64: Request] = [:]
    var nextID: UInt64 = 0
    var batchesInProgress = 0
    var isClosed = false
    var closing: CheckedContinuation<Void, Never>?

    /// Takes items until they have `limit` commands; one item at least, if any waits.
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

    /// Returns the continuation of `close` once nothing is in progress.
    mutating func takeClosing() -> CheckedContinuation<Void, Never>? {
      guard isClosed, batchesInProgress == 0 else { return nil }
      defer { closing = nil }
      return closing
    }
  }

  private let state = Mutex(State())
  private let limit: Int
  private let batchLimit: Int
  private let concurrentBatches: Int

  init(limit: Int, batchLimit: Int, concurrentBatches: Int) {
    self.limit = limit
    self.batchLimit = batchLimit
    self.concurrentBatches = max(concurrentBatches, 1)
  }

  /// The number of commands that wait.
  var count: Int { state.withLock { $0.waitingCommands } }

  /// True once new requests are rejected.
  var isClosed: Bool { state.withLock(\.isClosed) }

  /// Queues the commands of a request and waits for their turn.
  ///
  /// - Throws: `Overloaded`, the error of the batch that the commands were in, or `CancellationError`: no batch has taken them, or the
  ///   batch goes on without the request.
  func submit(_ commands: [TimerCommand]) async throws -> Turn {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { request in
        if let turn = enqueue(Item(id: id, commands: commands), request) { request.resume(with: turn) }
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

  /// Ends a batch that a request has committed, and lets the first request that waits commit the next one.
  ///
  /// - Parameter others: the requests of the batch but for the one that committed it, with their results.
  func end(_ others: ArraySlice<Item>, _ results: Result<ArraySlice<CommandResult>, any Error>) {
    let (requests, next, closing) = state.withLock { state in
      let requests = others.map { state.requests.removeValue(forKey: $0.id) }
      let batch = state.takeBatch(limit: batchLimit)
      // A request that waits in the queue has not been cancelled.
      let next = batch.first.flatMap { state.requests.removeValue(forKey: $0.id) }.map { ($0, batch) }
      if next == nil { state.batchesInProgress -= 1 }
      return (requests, next, state.takeClosing())
    }
    if let (request, batch) = next { request.resume(returning: .commit(batch)) }
    Self.answer(others, requests, results)
    closing?.resume()
  }

  /// Rejects new requests, and returns when all batches have ended.
  func close() async {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.isClosed = true
        state.closing = continuation
        return state.takeClosing()
      }?.resume()
    }
  }

  private static func answer(
    _ items: ArraySlice<Item>, _ requests: [Request?], _ results: Result<ArraySlice<CommandResult>, any Error>
  ) {
    switch results {
    case .failure(let error): for request in requests { request?.resume(throwing: error) }
    case .success(var left):
      for (item, request) in zip(items, requests) {
        request?.resume(returning: .committed(Array(left.prefix(item.commands.count))))
        left = left.dropFirst(item.commands.count)
      }
    }
  }

  /// Returns the turn of a request that need not wait; nil if it waits.
  private func enqueue(_ item: Item, _ request: Request) -> Result<Turn, any Error>? {
    state.withLock { state in
      if Task.isCancelled { return .failure(CancellationError()) }
      guard !state.isClosed else {
        return .failure(Overloaded(.isShuttingDown, retryAfter: .seconds(1)))
      }
      guard state.batchesInProgress >= concurrentBatches else {
        state.batchesInProgress += 1
        return .success(.commit([item]))
      }
      // One request that is larger than the limit has its turn when nothing else waits.
      guard state.waiting.isEmpty || state.waitingCommands + item.commands.count <= limit else {
        return .failure(Overloaded(.queueIsFull, retryAfter: .seconds(1)))
      }
      state.waiting.append(item)
      state.waitingCommands += item.commands.count
      state.requests[item.id] = request
      return nil
    }
  }
}
