package import Logging
import NodeRuntime
import Persistence
package import Telemetry
package import TimerModel

/// The store for several nodes on MySQL 8.0 or MariaDB 10.6 or newer, through libmariadb.
///
/// Both of its clocks are the server's wall clock. A request waits for one of a few connections and no longer than
/// `connectTimeout`; connections that were lost come back with the next request.
package final class MySQLTimerStore: CommandLogStore, TimerOutbox, NodeRegistry {
  /// The number of shards that the store was created with.
  package let shardCount: Int
  /// A batch is one statement, or one transaction.
  package var batchAtomicity: BatchAtomicity { .whole }
  let commands: ConnectionPool<MySQLConnector>
  let background: ConnectionPool<MySQLConnector>
  let logger: Logger
  private let testTime: (@Sendable () -> Timestamp)?

  private init(
    _ connector: MySQLConnector, _ configuration: MySQLConfiguration, testTime: (@Sendable () -> Timestamp)?,
    instruments: Instruments = .off, logger: Logger
  ) {
    shardCount = configuration.shardCount
    commands = ConnectionPool(
      name: "mysql", count: configuration.connections, timeout: configuration.connectTimeout,
      connector: connector, meters: instruments, as: .work)
    background = ConnectionPool(
      name: "mysql-bg", count: configuration.backgroundConnections, timeout: configuration.connectTimeout,
      connector: connector, meters: instruments, as: .upkeep)
    self.testTime = testTime
    self.logger = logger
  }

  /// Connects, brings the schema to this version unless told not to, and checks what it finds.
  ///
  /// - Parameter clock: paces the attempts to reconnect; what is due follows the server's clock.
  /// - Throws: `StoreError`: `unavailable` if no server can be reached, `incompatible` if the server is too old, if the schema is
  ///   too old or too new or was created with another number of shards, or if the server may lose what it acknowledged.
  package static func open(
    configuration: MySQLConfiguration, clock: any NodeClock, instruments: Instruments = .off,
    logger: Logger = silent
  ) async throws -> MySQLTimerStore {
    try await open(
      configuration: configuration, clock: clock, testTime: nil, instruments: instruments, logger: logger)
  }

  /// A logger that writes nothing; the default of `open`.
  package static let silent = Logger(label: "timerd") { _ in SwiftLogNoOpLogHandler() }

  /// The same, with a clock of the test's own in the place of the server's.
  package static func open(
    configuration: MySQLConfiguration, clock: any NodeClock, testTime: (@Sendable () -> Timestamp)?,
    instruments: Instruments = .off, logger: Logger = silent
  ) async throws -> MySQLTimerStore {
    let connector = try MySQLConnector(configuration, clock: clock, logger: logger)
    let store = MySQLTimerStore(
      connector, configuration, testTime: testTime, instruments: instruments, logger: logger)
    let database = connector.target.database
    do {
      try await store.commands.run { session in
        let migrator = MySQLMigrator(
          session: session, database: database, shardCount: configuration.shardCount)
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
    configuration: MySQLConfiguration, clock: any NodeClock
  ) async throws -> [String] {
    let connector = try MySQLConnector(configuration, clock: clock, logger: silent)
    let store = MySQLTimerStore(connector, configuration, testTime: nil, logger: silent)
    let database = connector.target.database
    do {
      let made = try await store.commands.run { session in
        let migrator = MySQLMigrator(
          session: session, database: database, shardCount: configuration.shardCount)
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
  }

  /// Reads the server's clock.
  package func time() async throws -> StoreTime {
    try await background.run { [self] session in
      try session.time(session.run([setNow(session), MySQLQuery(.now)], commits: false)[1])
    }
  }

  /// Notes the time for the statements that follow in the packet.
  func setNow(_ session: MySQLSession) -> MySQLQuery {
    MySQLQuery(.setNow(session.server), [.integer(session.mark), .time(testTime?())])
  }

  /// Runs a request that writes; again, if it conflicts with another, or on another server.
  func write<Value: Sendable>(
    on pool: ConnectionPool<MySQLConnector>, _ body: @Sendable (MySQLSession) throws -> Value
  ) async throws -> Value {
    try await pool.write(leaving: [commands, background], body)
  }
}
