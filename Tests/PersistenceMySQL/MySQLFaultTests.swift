import NodeRuntime
import Persistence
import Synchronization
import TestSupport
import Testing
import TimerModel

@testable import PersistenceMySQL

/// Faults of a server, and the errors of the store; each test has a server of its own.
@Suite(.serialized) struct MySQLFaultTests {
  @Test(arguments: [
    (MySQLDurability.flushLogAtCommit, ["innodb-flush-log-at-trx-commit=2"]),
    (.syncBinlog, ["log-bin=b", "binlog-format=ROW", "sync-binlog=0"]),
  ])
  func lossyServerIsRefused(variable: MySQLDurability, settings: [String]) async throws {
    let server = try MariaDBServer(settings: settings)
    var configuration = try MySQLHarness.configuration(server, database: "lossy")
    let error = await #expect(throws: StoreError.self) { _ = try await MySQLHarness(configuration) }
    #expect(error?.code == .incompatible && error?.isRetriable == false)
    #expect(error?.message.hasSuffix("set accept-lossy-store to \(variable.rawValue)") == true)
    configuration.acceptedLosses = Set(MySQLDurability.allCases).subtracting([variable])
    await #expect(throws: StoreError.self) { _ = try await MySQLHarness(configuration) }
    configuration.acceptedLosses = [variable]
    try await MySQLHarness(configuration).store.close()
  }

  @Test func acknowledgedCreationsSurviveKill() async throws {
    let server = try MariaDBServer()
    let harness = try await MySQLHarness(MySQLHarness.configuration(server, database: "killed"))
    let load = LoadLog()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          var number = worker * 1_000_000
          while !load.isOver.withLock({ $0 }) {
            do {
              let results = try await harness.create(number..<number + 20)
              #expect(results.count == 20)
              load.acknowledged.withLock { $0.formUnion(number..<number + 20) }
            } catch let error as StoreError {
              #expect(error.code == .unavailable && error.isRetriable, "\(error)")
            }
            number += 20
          }
        }
      }
      try await eventually("300 creations") { load.acknowledged.withLock { $0.count } > 300 }
      server.kill()
      try server.start()
      let before = load.acknowledged.withLock { $0.count }
      try await eventually("another creation") { load.acknowledged.withLock { $0.count } > before }
      load.isOver.withLock { $0 = true }
      try await group.waitForAll()
    }
    let numbers = load.acknowledged.withLock { $0.sorted() }
    let timers = try await harness.store.timers(numbers.map(MySQLHarness.key))
    #expect(timers.count { $0 == nil } == 0)
    await harness.store.close()
  }

  @Test func sessionWithoutItsMarkIsNotReused() async throws {
    let server = try MariaDBServer.shared()
    var configuration = try MySQLHarness.configuration(server, database: "marks")
    configuration.connections = 1
    let harness = try await MySQLHarness(configuration)
    try await harness.store.commands.run { session in
      _ = try session.run("SET @timerd_session = NULL")
    }
    let error = await #expect(throws: StoreError.self) { _ = try await harness.claim([1]) }
    #expect(error?.isRetriable == true && error?.outcome == .unknown)
    #expect(try await harness.create([1]).count == 1)
    #expect(try await harness.claim([1]).count == 1)
    await harness.store.close()
  }

  @Test func killedSessionIsReplaced() async throws {
    let server = try MariaDBServer()
    let harness = try await MySQLHarness(MySQLHarness.configuration(server, database: "sessions"))
    _ = try await harness.create(0..<3)
    let sessions = "SELECT id FROM information_schema.processlist WHERE db = 'sessions'"
    for id in try server.query(sessions) { try server.query("KILL \(id)") }
    try await eventually("no session") { try server.query(sessions).isEmpty }
    #expect(try await harness.claim(0..<3).count == 3)
    await harness.store.close()
  }

  @Test(arguments: [Int.max, 64 << 20])
  func racedTimersAreClaimedOnce(budget: Int) async throws {
    let server = try MariaDBServer.shared()
    var configuration = try MySQLHarness.configuration(
      server, database: budget == .max ? "race_token" : "race_locks")
    // All but a few wait for a connection.
    configuration.connectTimeout = .seconds(60)
    let harness = try await MySQLHarness(configuration)
    for start in stride(from: 0, to: 1000, by: 250) { _ = try await harness.create(start..<start + 250) }
    let claimed: [Timer] = try await withThrowingTaskGroup(of: [Timer].self) { group in
      for racer in 0..<100 {
        group.addTask {
          try await harness.claim((0..<1000).shuffled(), by: NodeID("racer-\(racer)"), budget: budget)
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claimed.count == 1000)
    #expect(Set(claimed.map(\.key)).count == 1000)
    #expect(try await harness.settle(claimed).allSatisfy { $0 == .settled })
    await harness.store.close()
  }
}
