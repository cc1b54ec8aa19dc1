import FoundationEssentials
import GRDB
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

/// A row that is not what this program wrote is told of by its timer and its column, and holds up nobody else.
@Suite final class UnreadableColumnTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
  let clock = ManualClock()
  var path: String { folder.appending(path: "timers.db").path }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func key(_ number: Int) -> TimerKey { TimerKey(groupID: "g", timerID: "t\(number)") }

  private func create(_ number: Int) -> CreateTimer {
    CreateTimer(
      key: Self.key(number),
      definition: TimerDefinition(
        executeAt: clock.now().store, destination: .http(HTTPDestination(url: "http://example.com/"))))
  }

  /// A store with three timers, of which the second one's row was changed by somebody else.
  private func store(after damage: String) async throws -> SQLiteTimerStore {
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    _ = try await store.apply((0..<3).map { .create(create($0)) })
    try store.close()
    let database = try DatabaseQueue(path: path)
    try await database.write { try $0.execute(sql: "UPDATE timers SET \(damage) WHERE timer_id = 't1'") }
    try database.close()
    return try await SQLiteTimerStore.open(path: path, clock: clock)
  }

  @Test(arguments: [
    ("phase = 99", "phase"), ("phase = 'x'", "phase"), ("destination = '{'", "destination"),
    ("destination = '{\"http\":{}}'", "destination"),
    ("destination = '{\"http\":{\"url\":\"x\"}}'", "destination"), ("retry_policy = '{}'", "retry_policy"),
    ("retry_policy = '{\"attempts\":-1,\"initial\":1,\"multiplier\":2,\"max\":1}'", "retry_policy"),
    ("retry_policy = '{\"attempts\":1,\"initial\":1,\"multiplier\":1e999,\"max\":1}'", "retry_policy"),
    ("callback_timeout = -9223372036854775808", "callback_timeout"),
    ("callback_timeout = 'x'", "callback_timeout"),
    ("revision = -1", "revision"), ("revision = 1e300", "revision"), ("attempt = -1", "attempt"),
    ("attempt = 'many'", "attempt"), ("claim_number = -9223372036854775808", "claim_number"),
    ("attempts = '[1]'", "attempts"), ("attempts = x'ff00'", "attempts"),
    ("firing_high = 'x'", "firing_high"), ("execute_at = 'now'", "execute_at"),
    ("created_at = 0.5", "created_at"),
  ])
  func unreadableColumnIsNamed(damage: String, column: String) async throws {
    let store = try await store(after: damage)
    let error = await #expect(throws: StoreError.self) { try await store.timers([Self.key(1)]) }
    #expect(error?.code == .incompatible)
    #expect(error?.message == "the stored timer g/t1 cannot be read: its column \(column) is wrong")
    #expect(try await store.timers((0..<3).map(Self.key)).map { $0 == nil } == [false, true, false])

    let changes = TimerChanges(payload: .some([0x31]))
    let commands: [TimerCommand] = (0..<3).map { .update(UpdateTimer(key: Self.key($0), changes: changes)) }
    let results = try await store.apply(
      commands + [.create(create(1)), .cancel(CancelTimer(key: Self.key(1)))])
    guard case .updated = results[0], case .rejected(.unreadable(let text)) = results[1],
      case .updated = results[2], results[3] == results[1], results[4] == results[1]
    else {
      Issue.record("the others of a batch go on: \(results)")
      return
    }
    #expect(text == error?.message)

    let reply = try await store.claim(
      ClaimRequest(keys: (0..<3).map(Self.key), node: NodeID("n"), lease: .seconds(5), claimAhead: .zero))
    let claimed = reply.verdicts.compactMap { if case .claimed(let timer) = $0 { timer } else { nil } }
    #expect(claimed.map(\.key) == [Self.key(0), Self.key(2)])
    var settlements = claimed.map {
      Settlement(key: $0.key, fence: $0.fence, ending: .delivered, attempt: nil)
    }
    let fence = ClaimFence(firingID: .random(), claimNumber: 1)
    settlements.insert(Settlement(key: Self.key(1), fence: fence, ending: .dead, attempt: nil), at: 1)
    #expect(try await store.settle(settlements) == [.settled, .lost, .settled])
    try store.close()
  }

  @Test(arguments: [
    "due_at = 'soon'", "due_at = 1.5", "due_at = 9223372036854775807", "due_at = -9223372036854775808",
    "group_id = x'ff'",
    "revision = 9223372036854775807, attempt = 9223372036854775807, claim_number = 9223372036854775807",
    "created_at = -9223372036854775808, updated_at = 9223372036854775807, execute_at = -9223372036854775808",
  ])
  func unreadableColumnBlocksNoPage(damage: String) async throws {
    let store = try await store(after: damage)
    let end = Timestamp(milliseconds: .max)
    var found: [TimerKey] = []
    for shard in 0..<store.shardCount {
      found += try await store.due(shard: shard, after: nil, through: end, limit: 10).map(\.key)
    }
    #expect(Set(found).isSuperset(of: [Self.key(0), Self.key(2)]))
    let overdue = try await store.overdue(shards: Array(0..<store.shardCount), before: end, limit: 10)
    #expect(Set(overdue.map(\.key)).isSuperset(of: [Self.key(0), Self.key(2)]))
    let request = ClaimRequest(
      keys: (0..<3).map(Self.key), node: NodeID("n"), lease: .seconds(5), claimAhead: .zero)
    for verdict in try await store.claim(request).verdicts {
      guard case .claimed(let timer) = verdict else { continue }
      let ending = Settlement.Ending.rescheduled(at: end, firingID: .random())
      let settlement = Settlement(key: timer.key, fence: timer.fence, ending: ending, attempt: nil)
      #expect(try await store.settle([settlement]) == [.settled])
    }
    try store.close()
  }
}
