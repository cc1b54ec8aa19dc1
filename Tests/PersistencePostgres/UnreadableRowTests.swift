import PersistencePostgres
import Testing
import TimerModel
import TimerTesting

/// A row that is not what this program wrote.
@Suite(.serialized) struct UnreadableRowTests {
  @Test(arguments: [
    "phase = 99", "destination = 'x'", "destination = '\\x00ff'", "attempts = '{x}'", "attempts = '{NULL}'",
    "retry_policy = '{}'",
    "callback_timeout = -2147483648",
    "revision = 2147483647, created_at = -9223372036854775808, updated_at = 9223372036854775807",
  ])
  func oneUnreadableTimerDoesNotHoldUpTheOthersOfItsBatch(damage: String) async throws {
    let server = try PostgresServer.shared()
    let bench = try await PostgresBench(PostgresBench.configuration(server, schema: "unreadable"))
    _ = try await bench.create(0..<3)
    // Earlier arguments may have left claims.
    try server.query("UPDATE unreadable.timers SET claim_node = NULL, claim_deadline = NULL")
    try server.query("UPDATE unreadable.timers SET \(damage) WHERE timer_id = 't1'")
    let claimed = try await bench.claim(0..<3)
    #expect(claimed.map(\.key.timerID).filter { $0 != "t1" } == ["t0", "t2"])
    try server.query("DELETE FROM unreadable.timers")
    await bench.store.close()
  }
}
