import NodeRuntime
import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// Roles that may do little, on a database where others may do nothing.
@Suite struct PostgresRoleTests {
  /// A database of its own with a role that may connect and nothing else.
  private struct House {
    let server: PostgresServer
    let name: String

    init(_ name: String) throws {
      server = try PostgresServer.shared()
      self.name = name
      try server.query("CREATE DATABASE \(name)")
      for role in [name, name + "_owner"] { try server.query("CREATE ROLE \(role) LOGIN") }
      try server.query("REVOKE ALL ON DATABASE \(name) FROM PUBLIC")
      try server.query("GRANT CONNECT ON DATABASE \(name) TO \(name), \(name)_owner")
      try query("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    }

    func query(_ sql: String) throws { try server.query(sql, database: name) }

    func configuration(as role: String? = nil, migrates: Bool = true) -> PostgresConfiguration {
      PostgresConfiguration(
        connectionString:
          "host=127.0.0.1 port=\(server.port) user=\(role ?? name) dbname=\(name) sslmode=disable",
        migratesAtStart: migrates)
    }

    func opening(as role: String? = nil, migrates: Bool = true) async -> StoreError? {
      do {
        let harness = try await PostgresHarness(configuration(as: role, migrates: migrates))
        await harness.store.close()
        return nil
      } catch { return error as? StoreError }
    }

    /// Does everything that a node does with its store.
    func work(migrates: Bool) async throws {
      let harness = try await PostgresHarness(configuration(migrates: migrates))
      let store = harness.store
      #expect(try await harness.create(0..<20).count == 20)
      let change = TimerChanges(callbackTimeoutSeconds: 7)
      _ = try await store.apply([
        .update(UpdateTimer(key: PostgresHarness.key(18), changes: change)),
        .cancel(CancelTimer(key: PostgresHarness.key(19))),
      ])
      let record = NodeRecord(id: harness.node, startedAt: PostgresHarness.past, version: "1")
      #expect(try await store.heartbeat(record, duration: .seconds(9)).count == 1)
      #expect(try await store.acquireLeases([1, 2], for: harness.node, duration: .seconds(9)).count == 2)
      #expect(try await harness.settle(try await harness.claim(0..<10)).count == 10)
      try await store.releaseLeases([1], of: harness.node)
      try await store.retire(harness.node)
      await store.close()
    }
  }

  @Test func schemaOwnerNeedsNoOtherRights() async throws {
    let house = try House("owns")
    try house.query("CREATE SCHEMA timerd AUTHORIZATION owns")
    try await house.work(migrates: true)
    #expect(await house.opening(migrates: false) == nil)
  }

  @Test(arguments: [true, false])
  func rowRightsSufficeAfterMigration(migrates: Bool) async throws {
    let name = "rows_\(migrates)"
    let house = try House(name)
    try house.query("CREATE SCHEMA timerd AUTHORIZATION \(name)_owner")
    try house.query("GRANT USAGE ON SCHEMA timerd TO \(name)")
    _ = try await PostgresTimerStore.migrate(
      configuration: house.configuration(as: name + "_owner"), clock: SystemClock())
    try house.query("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA timerd TO \(name)")
    try await house.work(migrates: migrates)
  }

  @Test func missingRightsAreNamedWithGrant() async throws {
    let house = try House("lacks")
    #expect(
      await house.opening()?.message.contains("CREATE SCHEMA timerd AUTHORIZATION lacks") == true)
    #expect(await house.opening(migrates: false)?.message.contains("schema timerd does not exist") == true)
    try house.query("CREATE SCHEMA timerd AUTHORIZATION lacks_owner")
    #expect(await house.opening()?.message.contains("GRANT USAGE ON SCHEMA timerd TO lacks") == true)
    try house.query("GRANT USAGE ON SCHEMA timerd TO lacks")
    #expect(await house.opening()?.message.contains("GRANT CREATE ON SCHEMA timerd TO lacks") == true)
    #expect(await house.opening(migrates: false)?.message.contains("run timerd migrate") == true)
    #expect(await house.opening(as: "lacks_owner") == nil)
    let reading = await house.opening()
    #expect(reading?.message.contains("GRANT SELECT ON timerd.migrations TO lacks") == true)
    try house.query("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA timerd TO lacks")
    let writing = await house.opening()
    #expect(writing?.code == .incompatible && writing?.isRetriable == false)
    #expect(writing?.message.contains("GRANT UPDATE, DELETE ON timerd.timers TO lacks; ") == true)
    #expect(writing?.message.contains("meta") == false)
    try house.query("GRANT UPDATE, DELETE ON ALL TABLES IN SCHEMA timerd TO lacks")
    #expect(await house.opening() == nil)
  }

  @Test func ownerOnlyMigrationIsNamed() async throws {
    let house = try House("steps")
    try house.query("CREATE SCHEMA timerd AUTHORIZATION steps_owner")
    #expect(await house.opening(as: "steps_owner") == nil)
    try house.query("GRANT USAGE, CREATE ON SCHEMA timerd TO steps")
    try house.query("GRANT ALL ON ALL TABLES IN SCHEMA timerd TO steps")
    try house.query("DELETE FROM timerd.migrations WHERE version >= 4")
    let error = await house.opening()
    for part in ["4-creators", "owner of table timers", "run timerd migrate"] {
      #expect(error?.message.lowercased().contains(part) == true, "\(String(describing: error))")
    }
  }

  @Test func schemaNamesAreQuoted() async throws {
    let house = try House("names")
    try house.query("GRANT CREATE ON DATABASE names TO names")
    for schema in ["O'Neil's \"x\"; DROP", "back\\slash", "Größe"] {
      var configuration = house.configuration()
      configuration.schema = schema
      let harness = try await PostgresHarness(configuration)
      #expect(try await harness.create([1]).count == 1)
      await harness.store.close()
    }
  }
}
