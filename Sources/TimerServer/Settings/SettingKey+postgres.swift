#if Postgres
import PersistencePostgres

/// PostgreSQL as the store.
extension SettingKey<String> {
  static var storeSchema: Self {
    .text(
      "store-schema", default: "timerd", mustBe: "a name of 1 to 63 bytes",
      help: "PostgreSQL schema of the tables."
    ) { (1...63).contains($0.utf8.count) }
  }
}

extension SettingKey<Int> {
  private static var defaults: PostgresConfiguration { PostgresConfiguration(connectionString: "") }

  static var storeConnections: Self {
    .number(
      "store-connections", default: defaults.connections, in: 1...64,
      help: "PostgreSQL connections for commands, claims and settlements; two more serve the rest.")
  }
}

extension SettingKey<Duration> {
  private static var defaults: PostgresConfiguration { PostgresConfiguration(connectionString: "") }

  static var storeStatementTimeout: Self {
    .duration(
      "store-statement-timeout", default: defaults.statementTimeout,
      in: .milliseconds(100)...(.seconds(60)), help: "PostgreSQL statement timeout.")
  }
}

extension SettingKey<Bool> {
  static var migrateOnStart: Self {
    .flag("migrate-on-start", default: true, help: "Migrate the schema when the service starts.")
  }
}

extension SettingKey<Set<PostgresDurability>> {
  static var acceptLossyStore: Self {
    let words = PostgresDurability.allCases.map(\.rawValue)
    let setting = Setting(
      name: "accept-lossy-store", defaultValue: "false",
      legal: .oneOrSome(alone: ["true", "false"], of: words),
      help:
        "Accept a PostgreSQL that can lose acknowledged writes: never (false), with the listed settings off, or always (true)."
    )
    return SettingKey(setting: setting, defaultValue: []) { text in
      if text == "true" { return Set(PostgresDurability.allCases) }
      return Set(text.split(separator: ",").compactMap { PostgresDurability(rawValue: String($0)) })
    }
  }
}
#endif
