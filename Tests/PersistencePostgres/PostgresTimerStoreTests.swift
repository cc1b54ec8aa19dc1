import NodeRuntime
import PersistencePostgres
import TestSupport
import Testing
import TimerModel
import TimerTesting

@Suite struct PostgresTimerStoreTests {
  private func harness(_ schema: String) async throws -> PostgresHarness {
    try await PostgresHarness(PostgresHarness.configuration(try PostgresServer.shared(), schema: schema))
  }

  @Test func claimsAreHOTUpdates() async throws {
    // A server of its own: a transaction of somebody else would keep old versions from being pruned.
    let server = try PostgresServer(settings: ["autovacuum=off"])
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "hot"))
    for start in stride(from: 0, to: 10_000, by: 500) { _ = try await harness.create(start..<start + 500) }
    // Timers are due in another order than the one in which they were created.
    let order = (0..<10_000).map { $0 * 7919 % 10_000 }
    for start in stride(from: 0, to: 10_000, by: 500) {
      let claimed = try await harness.claim(order[start..<start + 500])
      #expect(claimed.count == 500)
    }
    // The statistics of a session are complete once it has ended.
    await harness.store.close()
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_all_tables WHERE relname = 'timers'"
    var counts: [Int] = []
    try await eventually("the statistics") {
      counts = try server.query(sql).flatMap { $0.split(separator: "|").compactMap { Int($0) } }
      return counts.first == 10_000
    }
    #expect(counts.count == 2 && counts[1] >= 9_000, "updates, and those that were HOT: \(counts)")
  }

  @Test func requestCreatorTakesNoSpace() async throws {
    let server = try PostgresServer.shared()
    let harness = try await harness("creators")
    _ = try await harness.create(0..<100)
    let coordinates = KafkaCoordinates(topic: "timer-commands", partition: 3, offset: 1742)
    var byRecord = PostgresHarness.create(100)
    byRecord.record = coordinates
    _ = try await harness.store.apply([.create(byRecord)])
    let columns = try server.query(
      """
      SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns
      WHERE table_schema = 'creators' AND table_name = 'timers' AND column_name <> 'creator'
      """)
    try server.query("CREATE TABLE creators.without AS SELECT \(columns[0]) FROM creators.timers")
    let sizes = try ["without", "timers"].map { table in
      try server.query(
        "SELECT sum(pg_column_size(t.*)) FROM creators.\(table) t WHERE timer_id <> 't100'::bytea")
    }
    #expect(sizes[0] == sizes[1])
    #expect(try server.query("SELECT count(*) FROM creators.timers WHERE creator IS NOT NULL") == ["1"])
    await harness.store.close()
  }

  @Test func serverClockIsUsed() async throws {
    let configuration = PostgresHarness.configuration(try PostgresServer.shared(), schema: "clock")
    // This node's clock is a year ahead.
    let store = try await PostgresTimerStore.open(configuration: configuration, clock: ManualClock())
    let before = SystemClock().now().store
    let time = try await store.time()
    #expect(
      time.wall >= before - .seconds(1) && time.wall <= before + .seconds(60) && time.lease == time.wall)
    let soon = PostgresHarness.create(1, at: time.wall + .seconds(3600))
    guard case .created(let timer)? = try await store.apply([.create(soon)]).first else {
      Issue.record("a timer is created")
      return
    }
    #expect(timer.createdAt >= before - .seconds(1) && timer.createdAt <= before + .seconds(60))
    let reply = try await store.claim(
      ClaimRequest(keys: [soon.key], node: NodeID("n"), lease: .seconds(9), claimAhead: .zero))
    #expect(reply.verdicts == [.notYetDue(soon.definition.executeAt)])
    await store.close()
  }

  @Test func overlappingBatchesDoNotDeadlock() async throws {
    let server = try PostgresServer()
    let configuration = PostgresHarness.configuration(server, schema: "deadlock")
    let one = try await PostgresHarness(configuration)
    let two = try await PostgresHarness(configuration)
    _ = try await one.create(0..<200)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        let harness = worker % 2 == 0 ? one : two
        group.addTask {
          for round in 0..<15 {
            let numbers = worker % 4 < 2 ? Array(0..<200) : Array((0..<200).reversed())
            let changes = TimerChanges(callbackTimeoutSeconds: .some(worker * 100 + round))
            switch worker % 3 {
            case 0: _ = try await harness.settle(try await harness.claim(numbers))
            case 1: _ = try await harness.create(numbers.map { $0 + round * 10 })
            default:
              _ = try await harness.store.apply(
                numbers.map { .update(UpdateTimer(key: PostgresHarness.key($0), changes: changes)) })
            }
          }
        }
      }
      try await group.waitForAll()
    }
    // The statistics of a session are complete once it has ended.
    for harness in [one, two] { await harness.store.close() }
    try await eventually("the end of the sessions") {
      try server.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'timerd'") == ["0"]
    }
    let deadlocks = try server.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
    #expect(deadlocks == ["0"])
  }

  @Test func oneNodeWinsEachClaim() async throws {
    let one = try await harness("rivals")
    let two = try await harness("rivals")
    for round in 0..<10 {
      let numbers = round * 50..<round * 50 + 50
      _ = try await one.create(numbers)
      async let first = one.claim(numbers, by: NodeID("one"))
      async let second = two.claim(numbers.reversed(), by: NodeID("two"))
      let winners = try await (first + second).map(\.key.timerID)
      #expect(winners.count == 50 && Set(winners).count == 50)
    }
    for harness in [one, two] { await harness.store.close() }
  }
}
