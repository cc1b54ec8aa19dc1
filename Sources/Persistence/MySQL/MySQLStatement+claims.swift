import Persistence

// Claims by token: the one that reads its own token back holds the claim.
extension MySQLStatement {
  /// Notes for the statements that follow in the packet whether a node is gone. Parameters: node.
  static let setGone = MySQLStatement(
    name: "set_gone", sql: "SET @gone = EXISTS (SELECT 1 FROM nodes WHERE name = ? AND deadline <= @now)")

  /// Claims timers that are due and under no claim. Void claims count here: their ends belong in the history, which is written under
  /// locks.
  /// Parameters: node, lease, token, keys, claim-ahead.
  static let claim = MySQLStatement(
    name: "claim",
    sql: """
      UPDATE timers FORCE INDEX (PRIMARY) SET attempt = \(next("attempt")), claim_number = \(next("claim_number")),
        claim_node = ?, claim_deadline = @now + ?, claim_token = ?
      WHERE (group_id, timer_id) IN ? AND \(PhaseCode.scheduledCondition) AND claim_node IS NULL
        AND due_at <= @now + ? AND @gone = 0
      """)

  /// A counter's next value. A row may hold any number, and the largest one must not fail the other rows of its statement.
  private static func next(_ column: String) -> String {
    "LEAST(COALESCE(\(column), 0), \(Int64.max - 1)) + 1"
  }
}
