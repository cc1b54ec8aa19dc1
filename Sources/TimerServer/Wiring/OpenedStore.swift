import Logging
import NodeRuntime
import PersistenceSQLite
import Telemetry
import TimerModel

#if Postgres
import PersistencePostgres
#endif
#if MySQL
import PersistenceMySQL
#endif

/// The store that the settings name, opened, and the clock that goes with it.
struct OpenedStore: Sendable {
  let store: any TimerStore
  let clock: any NodeClock
  /// The same store as its nodes share it; nil for an embedded store.
  let shared: Shared?
  let close: @Sendable () async throws -> Void

  /// A store that several nodes share, and the estimate of its clock.
  struct Shared: Sendable {
    let store: any TimerStore & NodeRegistry
    let clock: StoreClock
  }

  /// A log that nobody reads, for commands that print what they have to say.
  static let silent = Logger(label: "timerd") { _ in SwiftLogNoOpLogHandler() }

  /// Opens the store, and brings its schema to this version unless told not to.
  static func open(
    _ setting: StoreSetting, shardCount: Int, instruments: Instruments = .off,
    logger: Logger = silent
  ) async throws -> OpenedStore {
    switch setting {
    case .sqlite(let path):
      let clock = SystemClock()
      let store = try await SQLiteTimerStore.open(
        path: path, shardCount: shardCount, clock: clock, logger: logger)
      return OpenedStore(store: store, clock: clock, shared: nil) { try store.close() }
    #if Postgres
    case .postgres(let configuration):
      let store = try await PostgresTimerStore.open(
        configuration: configuration, clock: SystemClock(), instruments: instruments, logger: logger)
      return try await sharing(store) { await store.close() }
    #endif
    #if MySQL
    case .mysql(let configuration):
      let store = try await MySQLTimerStore.open(
        configuration: configuration, clock: SystemClock(), instruments: instruments, logger: logger)
      return try await sharing(store) { await store.close() }
    #endif
    }
  }

  #if Postgres || MySQL
  /// A store that nodes share, with the estimate of its clock; closed if that cannot be had.
  private static func sharing(
    _ store: any TimerStore & NodeRegistry, close: @escaping @Sendable () async -> Void
  ) async throws -> OpenedStore {
    do {
      let clock = try await StoreClock.start(by: store)
      return OpenedStore(store: store, clock: clock, shared: Shared(store: store, clock: clock)) {
        await close()
      }
    } catch {
      await close()
      throw error
    }
  }
  #endif

  /// The same, with a store whose operations are counted.
  func metered(_ instruments: Instruments) -> OpenedStore {
    func metered(_ store: some TimerStore) -> any TimerStore { MeteredTimerStore(store, instruments) }
    func metered(shared store: some TimerStore & NodeRegistry) -> any TimerStore & NodeRegistry {
      MeteredTimerStore(store, instruments)
    }
    guard let shared else {
      return OpenedStore(store: metered(store), clock: clock, shared: nil, close: close)
    }
    let store = metered(shared: shared.store)
    return OpenedStore(
      store: store, clock: clock, shared: Shared(store: store, clock: shared.clock), close: close)
  }

  /// Brings the schema to this version.
  ///
  /// - Returns: the names of the migrations that were made.
  static func migrate(_ setting: StoreSetting, shardCount: Int) async throws -> [String] {
    switch setting {
    case .sqlite(let path): try await SQLiteTimerStore.migrate(path: path, shardCount: shardCount)
    #if Postgres
    case .postgres(let configuration):
      try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock())
    #endif
    #if MySQL
    case .mysql(let configuration):
      try await MySQLTimerStore.migrate(configuration: configuration, clock: SystemClock())
    #endif
    }
  }
}
