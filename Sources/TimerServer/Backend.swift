import Logging
import PersistencePostgres
import PersistenceSQLite
import StepRunner
import Telemetry
import TimerModel

/// The store that the settings name, opened, and the clock that goes with it.
struct Backend: Sendable {
  let store: any TimerStore
  let clock: any NodeClock
  /// The estimate of the store's clock, where several nodes share the store.
  let sharedClock: StoreClock?
  let close: @Sendable () async throws -> Void

  /// Opens the store, and brings its schema to this version unless told not to.
  static func open(
    _ setting: StoreSetting, shardCount: Int, instruments: Instruments = .off,
    logger: Logger = PostgresTimerStore.silent
  ) async throws -> Backend {
    switch setting {
    case .sqlite(let path):
      let clock = SystemClock()
      let store = try await SQLiteTimerStore.open(
        path: path, shardCount: shardCount, clock: clock, logger: logger)
      return Backend(store: store, clock: clock, sharedClock: nil) { try store.close() }
    case .postgres(let configuration):
      let store = try await PostgresTimerStore.open(
        configuration: configuration, clock: SystemClock(), instruments: instruments, logger: logger)
      do {
        let clock = try await StoreClock.start(by: store)
        return Backend(store: store, clock: clock, sharedClock: clock) { await store.close() }
      } catch {
        await store.close()
        throw error
      }
    }
  }

  /// The same, with a store whose operations are counted.
  func metered(_ instruments: Instruments) -> Backend {
    func metered(_ store: some TimerStore) -> any TimerStore { MeteredTimerStore(store, instruments) }
    return Backend(store: metered(store), clock: clock, sharedClock: sharedClock, close: close)
  }

  /// Brings the schema to this version.
  ///
  /// - Returns: the names of the migrations that were made.
  static func migrate(_ setting: StoreSetting, shardCount: Int) async throws -> [String] {
    switch setting {
    case .sqlite(let path): try await SQLiteTimerStore.migrate(path: path, shardCount: shardCount)
    case .postgres(let configuration):
      try await PostgresTimerStore.migrate(configuration: configuration, clock: SystemClock())
    }
  }
}
