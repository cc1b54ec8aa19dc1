import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// A row that is not what this program wrote.
@Suite(.serialized) struct UnreadableRowTests {
  @Test(arguments: [
    "phase = 99", "destination = 'x'", "destination = '\\x00ff'", "attempts = '{x}'", "attempts = '{NULL}'",
    "retry_policy = '{}'",
    "callback_timeout = -2147483648",
    "revision = 2147483647, created_at = -9223372036854775808, updated_at = 9223372036854775807",
  ])
  func unreadableTimerBlocksNoOthers(damage: String) async throws {
    let server = try PostgresServer.shared()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "unreadable"))
    _ = try await harness.create(0..<3)
    // Earlier arguments may have left claims.
    try server.query("UPDATE unreadable.timers SET claim_node = NULL, claim_deadline = NULL")
    try server.query("UPDATE unreadable.timers SET \(damage) WHERE timer_id = 't1'")
    let claimed = try await harness.claim(0..<3)
    #expect(claimed.map(\.key.timerID).filter { $0 != "t1" } == ["t0", "t2"])
    try server.query("DELETE FROM unreadable.timers")
    await harness.store.close()
  }

  @Test(arguments: [
    ("phase = 99", "phase"), ("destination = '{'", "destination"),
    ("destination = '{\"http\":{\"url\":\"x\"}}'", "destination"), ("attempts = '{x}'", "attempts"),
    ("retry_policy = '{}'", "retry_policy"), ("callback_timeout = -1", "callback_timeout"),
    ("revision = -2147483648", "revision"), ("attempt = -1", "attempt"),
    ("claim_number = -1", "claim_number"),
  ])
  func unreadableColumnIsNamed(damage: String, column: String) async throws {
    let server = try PostgresServer.shared()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "unreadable_named"))
    _ = try await harness.create(0..<3)
    try server.query("UPDATE unreadable_named.timers SET \(damage) WHERE timer_id = 't1'")
    let keys = (0..<3).map(PostgresHarness.key)
    let error = await #expect(throws: StoreError.self) { try await harness.store.timers([keys[1]]) }
    #expect(error?.message == "the stored timer g/t1 cannot be read: its column \(column) is wrong")
    #expect(try await harness.store.timers(keys).map { $0 == nil } == [false, true, false])
    let changes = TimerChanges(payload: .some([0x31]))
    let commands = keys.map { TimerCommand.update(UpdateTimer(key: $0, changes: changes)) }
    let results = try await harness.store.apply(commands + [.create(PostgresHarness.create(1))])
    guard case .updated = results[0], case .rejected(.unreadable(let text)) = results[1],
      case .updated = results[2], results[3] == results[1]
    else {
      Issue.record("the others of a batch go on: \(results)")
      return
    }
    #expect(text == error?.message)
    let creations = try await harness.store.apply((1..<5).map { .create(PostgresHarness.create($0)) })
    #expect(creations[0] == results[1])
    #expect(creations[2...].allSatisfy { if case .created = $0 { true } else { false } })
    try server.query("DELETE FROM unreadable_named.timers")
    await harness.store.close()
  }

  @Test func maximalCountersBlockNoBatch() async throws {
    let server = try PostgresServer.shared()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "unreadable_ends"))
    _ = try await harness.create(0..<3)
    try server.query(
      """
      UPDATE unreadable_ends.timers SET revision = 2147483647, attempt = 2147483647,
        claim_number = 9223372036854775807 WHERE timer_id = 't1'
      """)
    let claimed = try await harness.claim(0..<3)
    #expect(claimed.count == 3)
    let ending = Settlement.Ending.rescheduled(
      at: Timestamp(milliseconds: .max), firingID: FiringID.random())
    let settlements = claimed.map { Settlement(key: $0.key, fence: $0.fence, ending: ending, attempt: nil) }
    #expect(try await harness.store.settle(settlements) == [.settled, .settled, .settled])
    let changes = TimerChanges(payload: .some(nil))
    let results = try await harness.store.apply(
      (0..<3).map { .update(UpdateTimer(key: PostgresHarness.key($0), changes: changes)) })
    #expect(results.allSatisfy { if case .updated = $0 { true } else { false } })
    await harness.store.close()
  }
}
