#if Postgres
import PersistencePostgres
import TimerModel
#endif

// An address may hold a password, so no problem repeats it.
extension SettingsReader {
  mutating func store() -> StoreSetting {
    let store = settings[.store]
    if store.hasPrefix("sqlite:"), store.utf8.count > 7 { return .sqlite(path: String(store.dropFirst(7))) }
    if store.hasPrefix("postgres://") || store.hasPrefix("postgresql://") {
      #if Postgres
      return .postgres(postgres(at: store))
      #else
      refuse(.store, "sqlite: and a path; this build has no PostgreSQL (trait Postgres)", isShown: false)
      #endif
    } else {
      refuse(.store, "sqlite: and a path, or postgres://user@host/database", isShown: false)
    }
    return .sqlite(path: "")
  }

  #if Postgres
  private mutating func postgres(at address: String) -> PostgresConfiguration {
    let configuration = PostgresConfiguration(
      connectionString: address, schema: settings[.storeSchema], shardCount: settings[.shardCount],
      connections: settings[.storeConnections], statementTimeout: settings[.storeStatementTimeout],
      migratesAtStart: settings[.migrateOnStart], acceptedLosses: settings[.acceptLossyStore])
    do {
      try configuration.check()
    } catch {
      refuse(.store, "an address of PostgreSQL: \(error.message)", isShown: false)
    }
    return configuration
  }
  #endif
}
