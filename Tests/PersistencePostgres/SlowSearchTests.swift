import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// Lists and counts that take long.
@Suite struct SlowSearchTests {
  private static let held = "SELECT pg_sleep(60)"
  private static let sessions = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"

  /// A node whose heartbeats and leases waited for counts would be taken for dead.
  @Test func slowSearchesDelayNothingElse() async throws {
    let server = try PostgresServer()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "slow"))
    _ = try await harness.create([1])
    async let lock: Void = onThread {
      _ = try? server.query("LOCK TABLE slow.timers IN ACCESS EXCLUSIVE MODE; \(Self.held)")
    }
    try await eventually("the lock") {
      try server.query("\(Self.sessions) AND query LIKE '%\(Self.held)' AND wait_event = 'PgSleep'") == ["1"]
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask { _ = try? await harness.store.phaseCounts(groupID: "g", limit: 10) }
      }
      try await eventually("counts that wait") {
        try server.query("\(Self.sessions) AND wait_event_type = 'Lock'") == ["2"]
      }
      _ = try await harness.store.time()
      let leases = try await harness.store.acquireLeases([0], for: NodeID("n"), duration: .seconds(7))
      #expect(leases == [0])
      let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
      #expect(try server.query(end) == ["t"])
      try await group.waitForAll()
    }
    await lock
    let counts = try await harness.store.phaseCounts(groupID: "g", limit: 10)
    #expect(counts?[.scheduled] == 1)
    await harness.store.close()
  }
}
