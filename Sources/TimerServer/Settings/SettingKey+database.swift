#if Postgres || MySQL
import TimerModel

/// A database server as the store, whichever it is.
extension SettingKey<Int> {
  static var storeConnections: Self {
    .number(
      "store-connections", default: 4, in: 1...64,
      help:
        "Connections to the database for commands, claims and settlements. Two more serve the rest; with PostgreSQL, two serve lists and counts."
    )
  }
}

extension SettingKey<Duration> {
  static var storeStatementTimeout: Self {
    .duration(
      "store-statement-timeout", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)),
      help: "Timeout of a database statement.")
  }
}

extension SettingKey<Bool> {
  static var migrateOnStart: Self {
    .flag("migrate-on-start", default: true, help: "Migrate the schema when the service starts.")
  }
}

extension SettingKey<Set<String>> {
  /// The names of the server's own settings, of each kind of server.
  static var acceptLossyStore: Self {
    let words = [
      "fsync", "synchronous_commit", "full_page_writes", "innodb_flush_log_at_trx_commit", "sync_binlog",
    ]
    let setting = Setting(
      name: "accept-lossy-store", defaultValue: "false",
      legal: .oneOrSome(alone: ["true", "false"], of: words),
      help:
        "Accept a database that can lose acknowledged writes: never (false), by the listed settings of the server, or always (true)."
    )
    return SettingKey(setting: setting, defaultValue: []) { text in
      text == "true" ? Set(words) : Set(text.split(separator: ",").map { String($0) }).intersection(words)
    }
  }
}
#endif
