// Parts of statements, and statements without a topic.
extension MySQLStatement {
  static let begin = MySQLStatement(name: "begin", sql: "START TRANSACTION")
  static let commit = MySQLStatement(name: "commit", sql: "COMMIT")
  static let rollback = MySQLStatement(name: "rollback", sql: "ROLLBACK")

  /// Notes the time for the statements that follow in the packet. Parameters: the session's mark; a time of a test's own, otherwise NULL.
  ///
  /// In a session that is not the one that was set up it is NULL: no row is due then, and no lease has run out.
  static func setNow(_ server: MySQLServer) -> MySQLStatement {
    MySQLStatement(
      name: "set_now", sql: "SET @now = IF(@timerd_session = ?, COALESCE(?, \(server.clock)), NULL)")
  }

  /// No parameters. One row: the time that was noted.
  static let now = MySQLStatement(name: "now", sql: "SELECT @now")

  /// No parameters. Rows: the names of the nodes whose claims are void.
  static let gone = MySQLStatement(name: "gone", sql: "SELECT name FROM nodes WHERE deadline <= @now")

  /// Keys in a statement, looked up one by one in their order: no other index may be used, whatever the statistics say (decision 0029).
  static let byKeys = "FORCE INDEX (PRIMARY) WHERE (group_id, timer_id) IN ?"
}
