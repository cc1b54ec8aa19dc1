import FoundationEssentials
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

@Suite final class SQLiteTimerStoreTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
  let clock = ManualClock()
  var path: String { folder.appending(path: "timers.db").path }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func secondOpeningNamesTheHolder() async throws {
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    let error = await #expect(throws: StoreError.self) {
      _ = try await SQLiteTimerStore.open(path: self.path, clock: self.clock)
    }
    #expect(error?.code == .inUse)
    #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
    try store.close()
  }

  @Test func claimsOfEarlierRunAreVoid() async throws {
    let key = TimerKey(groupID: "g", timerID: "t")
    let first = try await claimOnce(key)
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    #expect(try await store.timers([key]).first??.status == .scheduled)
    #expect(
      try await store.overdue(shards: Array(0..<64), before: clock.now().store + .seconds(1), limit: 9).count
        == 1)
    let reply = try await store.claim(
      ClaimRequest(keys: [key], node: NodeID("new"), lease: .seconds(60), claimAhead: .zero))
    guard case .claimed(let timer)? = reply.verdicts.first else {
      Issue.record("nothing waits for a dead process")
      return
    }
    #expect(timer.attempt == 2 && timer.firingID == first.firingID)
    let stored = try #require(try await store.timers([key]).first ?? nil)
    #expect(stored.attempts.map(\.result) == [.lost] && stored.attempts.map(\.node) == [NodeID("old")])
    try store.close()
  }

  private func claimOnce(_ key: TimerKey) async throws -> Timer {
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    defer { try? store.close() }
    let definition = TimerDefinition(
      executeAt: clock.now().store, destination: .http(HTTPDestination(url: "http://example.com/")))
    _ = try await store.apply([.create(CreateTimer(key: key, definition: definition))])
    let reply = try await store.claim(
      ClaimRequest(keys: [key], node: NodeID("old"), lease: .seconds(60), claimAhead: .zero))
    guard case .claimed(let timer)? = reply.verdicts.first else { throw CancellationError() }
    return timer
  }

  @Test func otherShardCountIsRefused() async throws {
    try await SQLiteTimerStore.open(path: path, shardCount: 8, clock: clock).close()
    let error = await #expect(throws: StoreError.self) {
      _ = try await SQLiteTimerStore.open(path: self.path, shardCount: 9, clock: self.clock)
    }
    #expect(error?.code == .incompatible)
    #expect(error?.message.contains("8 shards") == true)
  }

  @Test func otherFilesAreRefused() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(String(repeating: "no database", count: 1000).utf8).write(to: URL(filePath: path))
    let error = await #expect(throws: StoreError.self) {
      _ = try await SQLiteTimerStore.open(path: self.path, clock: self.clock)
    }
    #expect(error?.code == .incompatible)
    #expect(error?.isRetriable == false)
  }

  @Test func failedFolderCreationIsReported() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "file"))
    let error = await #expect(throws: StoreError.self) {
      _ = try await SQLiteTimerStore.open(
        path: self.folder.appending(path: "file/sub/t.db").path, clock: self.clock)
    }
    #expect(error?.message.contains("cannot make the folder") == true)
  }

  @Test func migrationIsIdempotent() async throws {
    #expect(
      try await SQLiteTimerStore.migrate(path: path) == [
        "1-timers", "2-outbox", "3-bare-urls", "4-creators", "5-log-marks", "6-asked",
        "7-tags", "8-search",
      ])
    #expect(try await SQLiteTimerStore.migrate(path: path) == [])
  }
}
