import TimerModel

/// A variable that each session sets for itself.
struct MySQLSetting: Sendable {
  let name: String
  let value: String

  var sql: String { "SET SESSION \(name) = \(value)" }

  /// Lists those that every server knows and the store relies on.
  ///
  /// A lock is waited for no longer than a second: the one that waits is rolled back and tried again.
  static let required = [
    MySQLSetting(name: "time_zone", value: "'+00:00'"),
    MySQLSetting(name: "sql_mode", value: "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"),
    MySQLSetting(name: "autocommit", value: "1"),
    MySQLSetting(name: "innodb_lock_wait_timeout", value: "1"),
  ]

  /// Lists those that a server may not know. Without the first of each system, a list of many keys would no longer be looked up key by
  /// key in their order; the second one is comfort, since every request has a deadline on this side as well.
  static func optional(for dialect: MySQLServer.Dialect, statementTimeout: Duration) -> [MySQLSetting] {
    let milliseconds = statementTimeout.millisecondsRoundedUp
    switch dialect {
    case .mysql:
      return [
        MySQLSetting(name: "range_optimizer_max_mem_size", value: "0"),
        MySQLSetting(name: "max_execution_time", value: "\(milliseconds)"),
      ]
    case .mariadb:
      return [
        MySQLSetting(name: "in_predicate_conversion_threshold", value: "0"),
        MySQLSetting(name: "max_statement_time", value: "\(Double(milliseconds) / 1000)"),
      ]
    }
  }
}
