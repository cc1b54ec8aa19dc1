import Synchronization
import TimerModel

/// A store whose first commit waits until the test opens the gate.
final class GatedStore: TimerStore {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var batchWaiter: CheckedContinuation<Void, Never>?
    var batches: [[TimerCommand]] = []
    var failure: StoreError?
  }

  private let state = Mutex(State())
  let shardCount = 64

  var batchSizes: [Int] { state.withLock { $0.batches.map(\.count) } }
  var appliedKeys: [String] { state.withLock { $0.batches.flatMap { $0.map(\.key.timerID) } } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func failNext(_ error: StoreError) { state.withLock { $0.failure = error } }

  func waitForBatch() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.batches.isEmpty { state.batchWaiter = continuation }
        return !state.batches.isEmpty
      }
      if isThere { continuation.resume() }
    }
  }

  /// Gives other tasks their turn until `condition` holds.
  func waitForQueue(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
  }

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let waiter = state.withLock { state in
      state.batches.append(commands)
      defer { state.batchWaiter = nil }
      return state.batchWaiter
    }
    waiter?.resume()
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    let failure = state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
    if let failure { throw failure }
    return commands.map { command in
      var timer: Timer?
      return Timer.apply(command, to: &timer, at: StoreTime(Timestamp(milliseconds: 0)))
    }
  }

  func time() async -> StoreTime { StoreTime(Timestamp(milliseconds: 0)) }
  func timers(_ keys: [TimerKey]) async -> [Timer?] { keys.map { _ in nil } }
  func claim(_ request: ClaimRequest) async -> ClaimReply { ClaimReply(time: await time(), verdicts: []) }
  func settle(_ settlements: [Settlement]) async -> [SettleVerdict] { [] }
  func due(shard: Int, after: DueEntry?, through: Timestamp, limit: Int) async -> [DueEntry] { [] }
  func overdue(shards: [Int], before: Timestamp, limit: Int) async -> [DueEntry] { [] }
  func purge(endedBefore before: Timestamp, limit: Int) async -> Int { 0 }
}

/// Remembers what it was told.
final class RecordingListener: DueListener {
  private let state = Mutex<[DueEntry]>([])
  var entries: [DueEntry] { state.withLock { $0 } }
  func timersDue(_ entries: [DueEntry]) { state.withLock { $0 += entries } }
}

extension TimerCommand {
  static func sample(_ number: Int) -> TimerCommand {
    .create(
      CreateTimer(
        key: TimerKey(groupID: "g", timerID: "t\(number)"),
        definition: TimerDefinition(
          executeAt: Timestamp(milliseconds: 1000),
          destination: .http(HTTPDestination(url: "http://example.com/")))))
  }
}
