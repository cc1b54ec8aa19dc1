#if Postgres
import PersistencePostgres
#endif
#if MySQL
import PersistenceMySQL
#endif
#if Postgres || MySQL
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
      refuse(.store, "\(Self.stores); this build lacks PostgreSQL (trait Postgres)", isShown: false)
      #endif
    } else if store.hasPrefix("mysql://") {
      #if MySQL
      return .mysql(mysql(at: store))
      #else
      refuse(.store, "\(Self.stores); this build lacks MySQL (trait MySQL)", isShown: false)
      #endif
    } else {
      refuse(.store, Self.stores, isShown: false)
    }
    return .sqlite(path: "")
  }

  /// The stores that this build has, for messages.
  private static let stores: String = {
    var stores = ["sqlite: and a path"]
    #if Postgres
    stores.append("postgres://user@host/database")
    #endif
    #if MySQL
    stores.append("mysql://user@host/database")
    #endif
    return stores.joined(separator: " or ")
  }()

  #if Postgres
  private mutating func postgres(at address: String) -> PostgresConfiguration {
    let configuration = PostgresConfiguration(
      connectionString: address, schema: settings[.storeSchema], shardCount: settings[.shardCount],
      connections: settings[.storeConnections], statementTimeout: settings[.storeStatementTimeout],
      migratesAtStart: settings[.migrateOnStart],
      acceptedLosses: Set(settings[.acceptLossyStore].compactMap { PostgresDurability(rawValue: $0) }))
    do {
      try configuration.check()
    } catch {
      refuse(.store, "an address of PostgreSQL: \(error.message)", isShown: false)
    }
    return configuration
  }
  #endif

  #if MySQL
  private mutating func mysql(at address: String) -> MySQLConfiguration {
    let configuration = MySQLConfiguration(
      address: address, shardCount: settings[.shardCount], connections: settings[.storeConnections],
      statementTimeout: settings[.storeStatementTimeout], migratesAtStart: settings[.migrateOnStart],
      acceptedLosses: Set(settings[.acceptLossyStore].compactMap { MySQLDurability(rawValue: $0) }))
    do {
      try configuration.check()
    } catch {
      refuse(.store, "an address of MySQL: \(error.message)", isShown: false)
    }
    return configuration
  }
  #endif
}
