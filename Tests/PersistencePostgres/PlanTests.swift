import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// Statements find their rows by the intended indexes, whatever the statistics say (decision 0029). The server counts.
@Suite(.serialized) struct PlanTests {
  @Test("Plans hold whatever ANALYZE last saw", arguments: StatisticsHistory.allCases)
  func plansHold(history: StatisticsHistory) async throws {
    let server = try PostgresServer.counting()
    let table = PlanTable(server: server, schema: "plan_\(history)".lowercased())
    let before = try await Self.session(table)
    try history.prepare(table)
    let planning = PlanMeter(nil, session: "planning")
    try await PlanRound(harness: before, meter: planning, first: 0).run()
    try history.change(table)
    try table.addMessages()

    try await Self.expectFewRows(table, before) {
      let meter = PlanMeter(server, session: "planned before")
      try await PlanRound(harness: before, meter: meter, first: 1000).run()
      // What the session did before may be reported only now.
      return meter.rowsAsked + planning.rowsAsked
    }
    let after = try await Self.session(table)
    try await Self.expectFewRows(table, after) {
      let meter = PlanMeter(server, session: "planned after")
      try await PlanRound(harness: after, meter: meter, first: 2000).run()
      return meter.rowsAsked
    }
    let firing = try await Self.session(table)
    try await Self.expectFewRows(table, firing) { try await Self.fire(firing) }
    try table.drop()
  }

  /// Fires timers as a node does that has just started: it looks for them, claims them, and settles the claims.
  ///
  /// - Returns: how many.
  private static func fire(_ harness: PostgresHarness) async throws -> Int {
    _ = try await harness.create(3000..<3020)
    var due: [TimerKey] = []
    for shard in 0..<shardCount {
      due += try await harness.store.due(shard: shard, after: nil, through: PlanRound.horizon, limit: 50)
        .map(\.key)
    }
    let request = ClaimRequest(keys: due, node: harness.node, lease: .seconds(60), claimAhead: .zero)
    let claimed = try await harness.store.claim(request).verdicts.compactMap {
      if case .claimed(let timer) = $0 { timer } else { nil }
    }
    #expect(claimed.count == due.count && due.count >= 20)
    let verdicts = try await harness.settle(claimed)
    #expect(verdicts.allSatisfy { $0 == .settled })
    return due.count
  }

  /// Expects that a session which does `work` has fetched at most five rows for each one that it asked for, and ends the session.
  ///
  /// A claim and a settlement of one timer fetch two each, to lock the row and to change it. A page of due timers fetches each of its own
  /// and the one after, which tells that no other is due at the same time.
  private static func expectFewRows(
    _ table: PlanTable, _ harness: PostgresHarness, during work: () async throws -> Int
  ) async throws {
    let fetchedBefore = try table.server.fetchedRows(of: "timers", in: table.schema)
    let asked = try await work()
    await harness.store.close()
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'timerd'"
    try await eventually("the end of the sessions") { try table.server.query(sessions) == ["0"] }
    let fetched = try table.server.fetchedRows(of: "timers", in: table.schema) - fetchedBefore
    #expect(fetched <= 5 * asked + shardCount, "\(fetched) rows were fetched for \(asked)")
  }

  private static let shardCount = 4

  private static func session(_ table: PlanTable) async throws -> PostgresHarness {
    var configuration = PostgresHarness.configuration(table.server, schema: table.schema)
    // Few shards: each has many timers. One connection each: all plans are made in the same session.
    configuration.shardCount = shardCount
    configuration.connections = 1
    configuration.backgroundConnections = 1
    return try await PostgresHarness(configuration)
  }
}
