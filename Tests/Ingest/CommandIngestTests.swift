import Ingest
import Logging
import Synchronization
import Testing
import TimerModel
import TimerTesting
import TimerWire

@Suite struct CommandIngestTests {
  @Test func commandsDuringCommitShareNextBatch() async throws {
    let store = GatedStore()
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(), queueLimit: 100, batchLimit: 64,
      logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { _ = try await ingest.apply(.sample(0)) }
      await store.waitForBatch()
      for number in 1...40 { group.addTask { _ = try await ingest.apply(.sample(number)) } }
      await store.waitForQueue { ingest.waitingCommands == 40 }
      store.open()
      for _ in 0...40 { try await group.next() }
      #expect(store.batchSizes == [1, 40])
      group.cancelAll()
    }
  }

  @Test func commandsOfOneRequestStayTogether() async throws {
    let store = GatedStore()
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(), queueLimit: 100, batchLimit: 10,
      logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { _ = try await ingest.apply(.sample(0)) }
      await store.waitForBatch()
      for start in [100, 200, 300] {
        group.addTask {
          let results = try await ingest.apply((start..<start + 8).map(TimerCommand.sample))
          #expect(results.map { $0.newlyDue?.key.timerID } == (start..<start + 8).map { "t\($0)" })
        }
      }
      await store.waitForQueue { ingest.waitingCommands == 24 }
      store.open()
      for _ in 0...3 { try await group.next() }
      #expect(store.batchSizes == [1, 8, 8, 8])
      group.cancelAll()
    }
  }

  @Test func oneRequestMayExceedTheQueue() async throws {
    let store = GatedStore()
    store.open()
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(), queueLimit: 3, batchLimit: 2, logger: Logger(label: "test")
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      let results = try await ingest.apply((0..<20).map(TimerCommand.sample))
      #expect(results.count == 20 && store.batchSizes == [20])
      group.cancelAll()
    }
  }

  @Test func fullQueueIsOverloaded() async throws {
    let store = GatedStore()
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(), queueLimit: 1, batchLimit: 64,
      logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { _ = try await ingest.apply(.sample(0)) }
      await store.waitForBatch()
      group.addTask { _ = try await ingest.apply(.sample(1)) }
      await store.waitForQueue { ingest.waitingCommands == 1 }
      await #expect(throws: Overloaded.self) { _ = try await ingest.apply(.sample(2)) }
      store.open()
      for _ in 0...1 { try await group.next() }
      group.cancelAll()
    }
  }

  @Test func storeErrorFailsOnlyItsBatch() async throws {
    let store = GatedStore()
    store.failNext(StoreError(code: .unavailable, message: "away", outcome: .unknown))
    let listener = RecordingListener()
    let ingest = CommandIngest(
      store: store, listener: listener, queueLimit: 10, batchLimit: 64, logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      store.open()
      await #expect(throws: StoreError.self) { _ = try await ingest.apply(.sample(0)) }
      #expect(listener.entries.isEmpty)
      guard case .created = try await ingest.apply(.sample(1)) else {
        Issue.record("the next batch goes through")
        return
      }
      #expect(listener.entries.count == 1)
      group.cancelAll()
    }
  }

  @Test func cancelledRequestLeavesQueue() async throws {
    let store = GatedStore()
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(), queueLimit: 10, batchLimit: 64,
      logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      group.addTask { _ = try await ingest.apply(.sample(0)) }
      await store.waitForBatch()
      await withTaskGroup(of: Void.self) { requests in
        requests.addTask {
          await #expect(throws: CancellationError.self) { _ = try await ingest.apply(.sample(1)) }
        }
        await store.waitForQueue { ingest.waitingCommands == 1 }
        requests.cancelAll()
      }
      store.open()
      try await group.next()
      _ = try await ingest.apply(.sample(2))
      #expect(store.appliedKeys == ["t0", "t2"])
      group.cancelAll()
    }
  }

  @Test func firedTimersAreAnnounced() async throws {
    let clock = ManualClock(wall: Timestamp(milliseconds: 500))
    let listener = RecordingListener()
    let ingest = CommandIngest(
      store: InMemoryTimerStore(clock: clock), listener: listener, queueLimit: 10, batchLimit: 64,
      logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      _ = try await ingest.apply(.sample(0))
      _ = try await ingest.fire(FireTimer(key: TimerCommand.sample(0).key))
      #expect(listener.entries.map(\.dueAt) == [Timestamp(milliseconds: 1000), clock.now().store])
      group.cancelAll()
    }
  }

  @Test func cancelsWriteOutboxMessages() async throws {
    let store = InMemoryTimerStore(clock: ManualClock())
    let outbox = CountingOutboxListener()
    let policy = OutboxPolicy(eventsTopic: "events", deadLettersTopic: nil, shardCount: store.shardCount)
    let ingest = CommandIngest(
      store: store, listener: RecordingListener(),
      outbox: CommandOutbox(policy: policy, listener: outbox, clock: ManualClock()), queueLimit: 10,
      batchLimit: 64, logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ingest.run() }
      _ = try await ingest.apply(.sample(0))
      #expect(outbox.writes.withLock { $0 } == 0)
      _ = try await ingest.apply(.cancel(CancelTimer(key: TimerCommand.sample(0).key)))
      #expect(outbox.writes.withLock { $0 } == 1)
      #expect(await store.outbox(OutboxPage(shards: Array(0..<64))).map(\.message.topic) == ["events"])
      group.cancelAll()
    }
  }
}

private final class CountingOutboxListener: OutboxListener {
  let writes = Mutex(0)

  func messagesWritten() { writes.withLock { $0 += 1 } }
}
