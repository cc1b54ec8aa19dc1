import NodeRuntime
import PersistencePostgres
import Synchronization
import TestSupport
import Testing
import TimerModel

/// Faults of a server, and the errors of the store; each test has a server of its own.
@Suite struct PostgresFaultTests {
  @Test(arguments: PostgresDurability.allCases)
  func lossyServerIsRefused(parameter: PostgresDurability) async throws {
    let setting = parameter.rawValue
    let server = try PostgresServer(settings: ["\(setting)=off"])
    var configuration = PostgresHarness.configuration(server, schema: "lossy")
    let error = await #expect(throws: StoreError.self) { _ = try await PostgresHarness(configuration) }
    #expect(error?.code == .incompatible && error?.isRetriable == false)
    #expect(error?.message.contains("\(setting)=off") == true)
    #expect(error?.message.hasSuffix("set accept-lossy-store to \(setting)") == true)
    configuration.acceptedLosses = Set(PostgresDurability.allCases).subtracting([parameter])
    await #expect(throws: StoreError.self) { _ = try await PostgresHarness(configuration) }
    configuration.acceptedLosses = [parameter]
    try await PostgresHarness(configuration).store.close()
  }

  @Test func lossyServerIsRefusedAtReconnect() async throws {
    let server = try PostgresServer(settings: ["full_page_writes=off"])
    var configuration = PostgresHarness.configuration(server, schema: "reconnect")
    configuration.acceptedLosses = [.fullPageWrites]
    let harness = try await PostgresHarness(configuration)
    _ = try await harness.create([1])
    try server.query("ALTER SYSTEM SET synchronous_commit = off")
    server.kill()
    try server.start()
    let error = await #expect(throws: StoreError.self) { _ = try await harness.create([2]) }
    #expect(error?.message.hasSuffix("set accept-lossy-store to synchronous_commit,full_page_writes") == true)
    #expect(error?.message.contains("synchronous_commit=off. ") == true)
    await harness.store.close()
  }

  @Test func acknowledgedCreationsSurviveKill() async throws {
    let server = try PostgresServer()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "killed"))
    let load = LoadLog()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<6 {
        group.addTask {
          var number = worker * 1_000_000
          while !load.isOver.withLock({ $0 }) {
            do {
              let results = try await harness.create(number..<number + 20)
              #expect(results.count == 20)
              load.acknowledged.withLock { $0.formUnion(number..<number + 20) }
            } catch let error as StoreError {
              load.errors.withLock { $0.append(error) }
            }
            number += 20
          }
        }
      }
      try await eventually("500 creations") { load.acknowledged.withLock { $0.count } > 500 }
      server.kill()
      try await eventually("an error") { load.errors.withLock { $0.contains { $0.outcome == .notApplied } } }
      try server.start()
      let restarted = SystemClock.monotonic()
      let before = load.acknowledged.withLock { $0.count }
      try await eventually("another creation") { load.acknowledged.withLock { $0.count } > before }
      #expect(SystemClock.monotonic() - restarted < .seconds(5))
      load.isOver.withLock { $0 = true }
      try await group.waitForAll()
    }
    #expect(load.errors.withLock { $0.allSatisfy { $0.code == .unavailable && $0.isRetriable } })
    let numbers = load.acknowledged.withLock { $0.sorted() }
    let timers = try await harness.store.timers(numbers.map(PostgresHarness.key))
    #expect(timers.count { $0 == nil } == 0)
    await harness.store.close()
  }

  @Test func requestFailsFastWithoutServer() async throws {
    let server = try PostgresServer()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "away"))
    server.kill()
    let start = SystemClock.monotonic()
    let errors = await withTaskGroup(of: StoreError?.self) { group in
      for number in 0..<12 {
        group.addTask {
          await #expect(throws: StoreError.self) { _ = try await harness.create([number]) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(SystemClock.monotonic() - start < .seconds(3))
    #expect(
      errors.allSatisfy { $0?.code == .unavailable && $0?.isRetriable == true && $0?.outcome == .notApplied })
    try server.start()
    let results = try await harness.create([1])
    #expect(results.count == 1)
    await harness.store.close()
  }

  @Test func restartBetweenRequestsIsInvisible() async throws {
    let server = try PostgresServer()
    let harness = try await PostgresHarness(PostgresHarness.configuration(server, schema: "restart"))
    _ = try await harness.create([1])
    server.stop()
    try server.start()
    let results = try await harness.create([1, 2])
    guard case .repeated = results[0], case .created = results[1] else {
      Issue.record("results are wrong: \(results)")
      return
    }
    await harness.store.close()
  }

  @Test func writableHostIsFound() async throws {
    let readOnly = try PostgresServer(settings: ["default_transaction_read_only=on"])
    let server = try PostgresServer()
    let configuration = PostgresConfiguration(
      connectionString: """
        postgres://app@127.0.0.1:\(LocalPort.free()),127.0.0.1:\(readOnly.port),127.0.0.1:\(server.port)/postgres
        """, schema: "hosts")
    let harness = try await PostgresHarness(configuration)
    let results = try await harness.create([1])
    #expect(results.count == 1)
    #expect(try server.query("SELECT count(*) FROM hosts.timers") == ["1"])
    await harness.store.close()
  }

  @Test func connectionsLeaveReadOnlyServer() async throws {
    let (old, new) = (try PostgresServer(), try PostgresServer())
    await (try PostgresHarness(PostgresHarness.configuration(new, schema: "moved"))).store.close()
    try Self.setReadOnly(new, true)
    let harness = try await PostgresHarness(
      PostgresConfiguration(
        connectionString: "postgres://app@127.0.0.1:\(old.port),127.0.0.1:\(new.port)/postgres",
        schema: "moved"))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask {
          await #expect(throws: Never.self) {
            _ = try await harness.create([number])
            _ = try await harness.store.nodes()
          }
        }
      }
    }
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'timerd'"
    #expect(try old.query(sessions) != ["0"])
    try Self.setReadOnly(new, false)
    try Self.setReadOnly(old, true)
    // Sessions hear of the setting a moment after the server.
    try await eventually("a creation on the new server") {
      _ = try await harness.create([100])
      return try new.query("SELECT count(*) FROM moved.timers") == ["1"]
    }
    try await eventually("the end of the old sessions") { try old.query(sessions) == ["0"] }
    await harness.store.close()
  }

  private static func setReadOnly(_ server: PostgresServer, _ isReadOnly: Bool) throws {
    try server.query("ALTER SYSTEM SET default_transaction_read_only = \(isReadOnly ? "on" : "off")")
    try server.query("SELECT pg_reload_conf()")
    // A new session shows when the reload has happened.
    while try server.query("SHOW default_transaction_read_only") != [isReadOnly ? "on" : "off"] {}
  }

  @Test func invalidConnectionStringIsNotShown() async throws {
    let configuration = PostgresConfiguration(connectionString: "host=a password='secret")
    let error = await #expect(throws: StoreError.self) { _ = try await PostgresHarness(configuration) }
    #expect(error?.isRetriable == false && error.map { "\($0)".contains("secret") } == false)
  }

  @Test(arguments: ["create", "COMMIT", "claim", "settle"])
  func lostReplyMayBeRepeated(statement: String) async throws {
    let server = try PostgresServer.shared()
    let proxy = try await CuttingProxy(to: server.port)
    let harness = try await PostgresHarness(
      PostgresConfiguration(
        connectionString: server.connectionString(port: proxy.port), schema: "lost_\(statement.lowercased())")
    )
    _ = try await harness.create([1])
    let claimed = statement == "settle" ? try await harness.claim([1]) : []
    let operation: @Sendable () async throws -> String = {
      switch statement {
      case "create":
        return try await Self.names(harness.create([2, 3]))
      case "COMMIT":
        let cancel = TimerCommand.cancel(CancelTimer(key: PostgresHarness.key(1)))
        return try await Self.names(harness.store.apply([cancel]))
      case "claim": return try await "\(harness.claim([1]).count)"
      default: return try await "\(harness.settle(claimed))"
      }
    }
    // The name of a prepared statement is sent each time it is used.
    proxy.cutReply(to: statement == "COMMIT" ? "commit" : statement)
    let error = await #expect(throws: StoreError.self) { _ = try await operation() }
    #expect(proxy.cuts == 1)
    #expect(error?.outcome == .unknown && error?.isRetriable == true && error?.code == .unavailable)
    let again = try await operation()
    switch statement {
    case "create": #expect(again == "repeated repeated")
    case "COMMIT": #expect(again == "cancelled")
    case "claim": #expect(again == "0")
    default: #expect(again.contains("lost"))
    }
    await harness.store.close()
    try await proxy.close()
  }

  @Test func commitWithoutStandbyIsUnknown() async throws {
    let server = try PostgresServer()
    var configuration = PostgresHarness.configuration(server, schema: "alone")
    configuration.statementTimeout = .seconds(60)
    let harness = try await PostgresHarness(configuration)
    try server.query("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try server.query("SELECT pg_reload_conf()")
    // The checkpointer tells sessions to wait, a moment later: the first creations may not.
    var error: StoreError?
    for number in 1..<10_000 where error == nil { error = try await cancelledWait(number, harness, server) }
    #expect(error?.outcome == .unknown && error?.isRetriable == true)
    try server.query("ALTER SYSTEM SET synchronous_standby_names = ''")
    try server.query("SELECT pg_reload_conf()")
    let timers = try await harness.store.timers([PostgresHarness.key(1)])
    #expect(timers.first??.phase == .scheduled)
    await harness.store.close()
  }

  /// Creates a timer, and cancels the wait for the standby if there is one.
  private func cancelledWait(
    _ number: Int, _ harness: PostgresHarness, _ server: PostgresServer
  ) async throws -> StoreError? {
    let log = LoadLog()
    return try await withThrowingTaskGroup(of: StoreError?.self) { group in
      group.addTask {
        defer { log.isOver.withLock { $0 = true } }
        do {
          _ = try await harness.create([number])
          return nil
        } catch let error as StoreError {
          return error
        }
      }
      try await eventually("a wait for the standby") {
        let cancelled = try server.query(
          "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        return !cancelled.isEmpty || log.isOver.withLock { $0 }
      }
      return try await group.next() ?? nil
    }
  }

  private static func names(_ results: [CommandResult]) -> String {
    results.map { "\($0)".prefix { $0 != "(" } }.joined(separator: " ")
  }
}
