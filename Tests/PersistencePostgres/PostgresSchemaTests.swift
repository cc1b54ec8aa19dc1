import NodeRuntime
import PersistencePostgres
import TestSupport
import Testing
import TimerModel

@Suite struct PostgresSchemaTests {
  @Test func otherShardCountIsRefused() async throws {
    var configuration = PostgresHarness.configuration(try PostgresServer.shared(), schema: "shards")
    configuration.shardCount = 8
    await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
    configuration.shardCount = 9
    let error = await openingFails(configuration)
    #expect(error?.code == .incompatible && error?.message.contains("8 shards") == true)
  }

  @Test func oldSchemaNeedsExplicitMigration() async throws {
    var configuration = PostgresHarness.configuration(try PostgresServer.shared(), schema: "older")
    configuration.migratesAtStart = false
    let error = await openingFails(configuration)
    #expect(error?.code == .incompatible && error?.message.contains("timerd migrate") == true)
    #expect(
      try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock()) == [
        "1-timers", "2-outbox", "3-compact", "4-creators", "5-log-marks", "6-asked", "7-vacuum",
        "8-tags", "9-search",
      ]
    )
    #expect(try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock()) == [])
    await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
  }

  @Test func incompatibleNewerSchemaIsRefused() async throws {
    let server = try PostgresServer.shared()
    let configuration = PostgresHarness.configuration(server, schema: "newer")
    await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
    try server.query("INSERT INTO newer.migrations VALUES (98, 'adds', 1)")
    await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
    try server.query("INSERT INTO newer.migrations VALUES (99, 'removes', 98)")
    let error = await openingFails(configuration)
    #expect(error?.code == .incompatible && error?.message.contains("newer") == true)
  }

  @Test func concurrentMigrationsAreSafe() async throws {
    let configuration = PostgresHarness.configuration(try PostgresServer.shared(), schema: "together")
    let made = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<6 {
        group.addTask {
          try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock())
        }
      }
      return try await group.reduce([], +)
    }
    #expect(
      made == [
        "1-timers", "2-outbox", "3-compact", "4-creators", "5-log-marks", "6-asked", "7-vacuum", "8-tags",
        "9-search",
      ])
  }

  @Test func tablesSetTheirVacuum() async throws {
    let server = try PostgresServer.shared()
    let configuration = PostgresHarness.configuration(server, schema: "vacuumed")
    _ = try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock())
    let options = try server.query(
      "SELECT unnest(reloptions) FROM pg_class WHERE oid = 'vacuumed.timers'::regclass")
    #expect(
      Set(options) == [
        "fillfactor=90", "autovacuum_vacuum_scale_factor=0.01", "autovacuum_vacuum_cost_delay=0",
      ])
  }

  @Test func incompatibleMigrationWaitsForOldNodes() async throws {
    let server = try PostgresServer.shared()
    let configuration = PostgresHarness.configuration(server, schema: "rolling")
    let store = try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock())
    let timer = try await created(PostgresHarness.create(1), in: store)
    await store.close()
    try server.query(
      """
      \(Self.backToVersion2("rolling"));
      INSERT INTO rolling.nodes (name, deadline) VALUES ('old-1', 9e15), ('old-2', 9e15), ('gone', 1)
      """)
    let error = await openingFails(configuration)
    #expect(error?.code == .incompatible && error?.message.hasSuffix("stop old-1, old-2") == true)
    try server.query("UPDATE rolling.nodes SET retired = true")
    let reopened = try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock())
    #expect(try await reopened.timers([timer.key]) == [timer])
    await reopened.close()
  }

  /// `make harness` measures the same with ten million timers.
  @Test func scheduledTimerTakesAtMost350Bytes() async throws {
    let server = try PostgresServer.shared()
    let configuration = PostgresHarness.configuration(server, schema: "bytes")
    let store = try await PostgresTimerStore.open(configuration: configuration, clock: SystemClock())
    let count = 40_000
    for start in stride(from: 0, to: count, by: 1000) {
      let creates = (start..<start + 1000).map { number in
        var create = PostgresHarness.create(number, at: PostgresHarness.past + .milliseconds(number * 3153))
        create.key = TimerKey(groupID: "waiting", timerID: "o\(100_000_000_000 + number)")
        return TimerCommand.create(create)
      }
      _ = try await store.apply(creates)
    }
    await store.close()
    let size = try server.query("SELECT pg_total_relation_size('bytes.timers')").first.flatMap { Int($0) }
    #expect((1...350).contains((size ?? 0) / count))
  }

  private func created(_ create: CreateTimer, in store: PostgresTimerStore) async throws -> Timer {
    let results = try await store.apply([.create(create)])
    guard case .created(let timer)? = results.first else { throw NotCreated() }
    return timer
  }

  /// Returns the statements that restore the schema of version 2; existing values stay.
  private static func backToVersion2(_ schema: String) -> String {
    """
    UPDATE \(schema).timers SET execute_at = due_at, updated_at = created_at, claim_number = 0, revision = 1, attempt = 0,
      destination = '{"http":{"url":"http://example.com/hook"}}';
    ALTER TABLE \(schema).timers
      ALTER execute_at SET NOT NULL, ALTER updated_at SET NOT NULL,
      ALTER claim_number SET NOT NULL, ALTER claim_number SET DEFAULT 0,
      ALTER revision SET NOT NULL, ALTER revision SET DEFAULT 1,
      ALTER attempt SET NOT NULL, ALTER attempt SET DEFAULT 0;
    DROP INDEX \(schema).timers_over; DROP INDEX \(schema).timers_dead;
    ALTER TABLE \(schema).timers DROP COLUMN creator, DROP COLUMN asked_at, DROP COLUMN gaps, DROP COLUMN tags;
    ALTER TABLE \(schema).command_offsets DROP COLUMN mark;
    DROP TABLE \(schema).purges;
    DROP TABLE \(schema).tags;
    DELETE FROM \(schema).migrations WHERE version > 2
    """
  }

  private func openingFails(_ configuration: PostgresConfiguration) async -> StoreError? {
    await #expect(throws: StoreError.self) {
      await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
    }
  }
}

private struct NotCreated: Error {}
