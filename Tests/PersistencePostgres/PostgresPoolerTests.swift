import NodeRuntime
import PersistencePostgres
import Synchronization
import TestSupport
import Testing
import TimerModel

/// PgBouncer between the store and a real server.
@Suite struct PostgresPoolerTests {
  @Test(arguments: [PgBouncer.Mode.transaction, .statement], [[], ["server_round_robin = 1"]])
  func sharedSessionPoolerIsRefused(mode: PgBouncer.Mode, settings: [String]) async throws {
    let pooler = try PgBouncer(before: try PostgresServer.shared(), mode: mode, settings: settings)
    let error = await openingFails(pooler.connectionString)
    #expect(error?.code == .incompatible && error?.isRetriable == false, "\(String(describing: error))")
    for part in ["PgBouncer", "pool_mode=session"] { #expect(error?.message.contains(part) == true) }
  }

  @Test func busySharedSessionPoolerIsRefused() async throws {
    let server = try PostgresServer.shared()
    let pooler = try PgBouncer(before: server, mode: .transaction)
    // Others take and give back the sessions of the pool meanwhile.
    let load = LoadLog()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          // On threads of their own: on a machine of two cores they would keep the others' tasks from running.
          try await onThread {
            while !load.isOver.withLock({ $0 }) { try pooler.run("SELECT pg_sleep(0.002)") }
          }
        }
      }
      let error = await openingFails(pooler.connectionString)
      #expect(error?.message.contains("PgBouncer") == true, "\(String(describing: error))")
      load.isOver.withLock { $0 = true }
      try await group.waitForAll()
    }
  }

  @Test func sessionPoolerWorks() async throws {
    let pooler = try PgBouncer(before: try PostgresServer.shared(), mode: .session)
    let configuration = PostgresConfiguration(connectionString: pooler.connectionString, schema: "pooled")
    let harness = try await PostgresHarness(configuration)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for round in 0..<10 {
            let numbers = worker * 1000 + round * 10..<worker * 1000 + round * 10 + 10
            let created = try await harness.create(numbers)
            let settled = try await harness.settle(try await harness.claim(numbers))
            #expect(created.count == 10 && settled.count == 10)
          }
        }
      }
      try await group.waitForAll()
    }
    await harness.store.close()
  }

  @Test func refusedStartupParameterIsExplained() async throws {
    let pooler = try PgBouncer(before: try PostgresServer.shared(), mode: .session)
    let error = await openingFails(pooler.connectionString + " options='-c jit=off'")
    for part in ["options", "ignore_startup_parameters"] {
      #expect(error?.message.contains(part) == true, "\(String(describing: error))")
    }
  }

  private func openingFails(_ connectionString: String) async -> StoreError? {
    let configuration = PostgresConfiguration(connectionString: connectionString, schema: "refused")
    return await #expect(throws: StoreError.self) {
      await (try PostgresTimerStore.open(configuration: configuration, clock: SystemClock())).close()
    }
  }
}
