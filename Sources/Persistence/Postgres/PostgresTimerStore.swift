package import Logging
import NodeRuntime
import Persistence
package import Telemetry
package import TimerModel

/// The store for several nodes: PostgreSQL 14 or newer, through libpq.
///
/// Both of its clocks are the server's wall clock. A request waits for one of a few connections and no longer than
/// `connectTimeout`; connections that were lost come back with the next request.
package final class PostgresTimerStore: CommandLogStore, TimerOutbox, NodeRegistry {
  /// The number of shards that the store was created with.
  package let shardCount: Int
  let commands: ConnectionPool<PostgresConnector>
  let background: ConnectionPool<PostgresConnector>
  let searches: ConnectionPool<PostgresConnector>
  let logger: Logger
  private let testTime: (@Sendable () -> Timestamp)?

  private init(
    _ configuration: PostgresConfiguration, clock: any NodeClock, testTime: (@Sendable () -> Timestamp)?,
    instruments: Instruments = .off, logger: Logger
  ) throws(StoreError) {
    let connector = try PostgresConnector(configuration, clock: clock, logger: logger)
    shardCount = configuration.shardCount
    commands = ConnectionPool(
      name: "pg", count: configuration.connections, timeout: configuration.connectTimeout,
      connector: connector, meters: instruments, as: .work)
    background = ConnectionPool(
      name: "pg-bg", count: configuration.backgroundConnections, timeout: configuration.connectTimeout,
      connector: connector, meters: instruments, as: .upkeep)
    searches = ConnectionPool(
      name: "pg-search", count: configuration.searchConnections, timeout: configuration.connectTimeout,
      connector: connector, meters: instruments, as: .search)
    self.testTime = testTime
    self.logger = logger
  }

  /// Connects, brings the schema to this version unless told not to, and checks what it finds.
  ///
  /// - Parameter clock: paces the attempts to reconnect; what is due follows the server's clock.
  /// - Throws: `StoreError`: `unavailable` if no server can be reached, `incompatible` if the schema is too old or too new,
  ///   was created with another number of shards, if the role lacks a privilege, if the server may
  ///   lose what it acknowledged, or if a pooler gives each transaction another session.
  package static func open(
    configuration: PostgresConfiguration, clock: any NodeClock, instruments: Instruments = .off,
    logger: Logger = silent
  ) async throws -> PostgresTimerStore {
    try await open(
      configuration: configuration, clock: clock, testTime: nil, instruments: instruments, logger: logger)
  }

  /// A logger that writes nothing; the default of `open`.
  package static let silent = Logger(label: "timerd") { _ in SwiftLogNoOpLogHandler() }

  /// The same, with a clock of the test's own in the place of the server's.
  package static func open(
    configuration: PostgresConfiguration, clock: any NodeClock, testTime: (@Sendable () -> Timestamp)?,
    instruments: Instruments = .off, logger: Logger = silent
  ) async throws -> PostgresTimerStore {
    let store = try PostgresTimerStore(
      configuration, clock: clock, testTime: testTime, instruments: instruments, logger: logger)
    do {
      try await store.commands.run { session in
        let migrator = PostgresMigrator(session: session, configuration: configuration)
        if configuration.migratesAtStart { _ = try migrator.migrate() }
        try migrator.check()
      }
    } catch {
      await store.close()
      throw error
    }
    return store
  }

  /// Brings the schema to this version, one process at a time.
  ///
  /// - Returns: the names of the migrations that were made, in order.
  package static func migrate(
    configuration: PostgresConfiguration, clock: any NodeClock
  ) async throws -> [String] {
    let store = try PostgresTimerStore(configuration, clock: clock, testTime: nil, logger: silent)
    do {
      let made = try await store.commands.run { session in
        let migrator = PostgresMigrator(session: session, configuration: configuration)
        let made = try migrator.migrate()
        try migrator.check()
        return made
      }
      await store.close()
      return made
    } catch {
      await store.close()
      throw error
    }
  }

  /// Refuses new requests and disconnects once those in progress have ended.
  package func close() async {
    await commands.close()
    await background.close()
    await searches.close()
  }

  /// Reads the server's clock.
  package func time() async throws -> StoreTime {
    try await background.run { session in try self.time(session) }
  }

  /// The time as a statement's parameter: NULL but in tests.
  var now: PostgresParameter { .int8(testTime?().milliseconds) }

  func time(_ session: PostgresSession) throws -> StoreTime {
    try Self.time(session.run(PostgresQuery(.time, [now]), commits: false))
  }

  static func time(_ rows: PostgresRows) throws -> StoreTime {
    guard rows.count == 1, let milliseconds = rows.int8(0, 0) else {
      throw StoreError(code: .failed, message: "PostgreSQL: no time", isRetriable: false)
    }
    return StoreTime(Timestamp(milliseconds: milliseconds))
  }

  /// Runs a request that writes; again, if it conflicts with another, or on another server.
  func write<Value: Sendable>(
    on pool: ConnectionPool<PostgresConnector>, _ body: @Sendable (PostgresSession) throws -> Value
  ) async throws -> Value {
    try await pool.write(leaving: [commands, background, searches], body)
  }
}
