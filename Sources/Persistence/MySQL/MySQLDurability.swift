/// A variable of MySQL that, set to anything but 1, lets a server lose what it has acknowledged.
package enum MySQLDurability: String, CaseIterable, Sendable {
  /// A commit waits until InnoDB's log is on the disk.
  case flushLogAtCommit = "innodb_flush_log_at_trx_commit"
  /// A commit waits until the binary log is on the disk. It does not matter on a server that writes none.
  case syncBinlog = "sync_binlog"

  /// The variables by which a server with `variables` may lose what it acknowledged, with their values.
  static func lossy(_ variables: [String: String]) -> [(variable: MySQLDurability, value: String)] {
    allCases.compactMap { variable in
      if variable == .syncBinlog, variables["log_bin"] != "ON", variables["log_bin"] != "1" { return nil }
      // A server that only speaks MySQL's protocol may not know the variable.
      guard let value = variables[variable.rawValue], value != "1" else { return nil }
      return (variable: variable, value: value)
    }
  }
}
