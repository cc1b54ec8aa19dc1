// Leases of shards and lives of nodes. Rows are locked in the order of the primary key.
//
// Assignments of an upsert run from left to right, and see those before them.
extension MySQLStatement {
  /// Parameters: rows of shard, node, deadline.
  ///
  /// The deadline goes by the node that the row has after the first assignment.
  static let acquire = MySQLStatement(
    name: "acquire",
    sql: """
      INSERT INTO leases (shard, node, deadline) VALUES ? ON DUPLICATE KEY UPDATE
        node = IF(node = VALUES(node) OR deadline <= @now, VALUES(node), node),
        deadline = IF(node = VALUES(node), VALUES(deadline), deadline)
      """)

  /// Parameters: duration, node.
  static let renew = MySQLStatement(
    name: "renew",
    sql: "UPDATE leases SET deadline = @now + ? WHERE node = ? AND deadline > @now ORDER BY shard")

  /// Parameters: node. Rows: the shards that it holds.
  static let held = MySQLStatement(
    name: "held", sql: "SELECT shard FROM leases WHERE node = ? AND deadline > @now ORDER BY shard")

  /// Parameters: shards, node. Leases of other nodes are left alone.
  static let release = MySQLStatement(
    name: "release", sql: "DELETE FROM leases WHERE shard IN ? AND node = ? ORDER BY shard")

  /// Parameters: node.
  static let releaseAll = MySQLStatement(
    name: "release_all", sql: "DELETE FROM leases WHERE node = ? ORDER BY shard")

  /// No parameters. Rows: shard, node, deadline.
  static let leases = MySQLStatement(
    name: "leases", sql: "SELECT shard, node, deadline FROM leases WHERE deadline > @now ORDER BY shard")

  /// Parameters: how long to remember nodes that are gone.
  static let forget = MySQLStatement(
    name: "forget", sql: "DELETE FROM nodes WHERE deadline + ? <= @now ORDER BY name")

  /// Parameters: name, start, version, clock offset, duration, whether it is stopping (not zero).
  static let heartbeat = MySQLStatement(
    name: "heartbeat",
    sql: """
      INSERT INTO nodes (name, started_at, version, clock_offset, seen_at, deadline, draining)
      VALUES (?, ?, ?, ?, @now, @now + ?, ?) ON DUPLICATE KEY UPDATE \(unlessRetired)
      """)

  private static let unlessRetired = [
    "started_at", "version", "clock_offset", "seen_at", "deadline", "draining",
  ].map { "\($0) = IF(retired, \($0), VALUES(\($0)))" }.joined(separator: ", ")

  /// No parameters. Rows: name, start, version, clock offset, when seen, whether it is stopping (not zero).
  static let nodes = MySQLStatement(
    name: "nodes",
    sql: """
      SELECT name, started_at, version, clock_offset, seen_at, draining FROM nodes
      WHERE deadline > @now AND NOT retired ORDER BY name
      """)

  /// Parameters: name. A node that has retired before is left alone.
  static let retire = MySQLStatement(
    name: "retire",
    sql: """
      INSERT INTO nodes (name, deadline, retired) VALUES (?, @now, 1) ON DUPLICATE KEY UPDATE
        deadline = IF(retired, deadline, VALUES(deadline)), retired = 1
      """)
}
