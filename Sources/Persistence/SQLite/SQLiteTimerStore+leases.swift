import GRDB
public import TimerModel

// Leases of shards. One process uses the file, so that they matter only to those who run the port's suite against it.
extension SQLiteTimerStore {
  /// Takes the leases that nobody else holds.
  public func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async throws -> [Int] {
    try await write { [now] db in
      let statement = try db.cachedStatement(
        sql: """
          INSERT INTO leases VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET node = excluded.node, deadline = excluded.deadline
          WHERE node = excluded.node OR deadline <= ?
          """)
      let deadline = (now.lease + duration).milliseconds
      return try shards.filter { shard in
        try statement.execute(arguments: [shard, node.name, deadline, now.lease.milliseconds])
        return db.changesCount > 0
      }
    }
  }

  /// Extends the leases of a node that have not run out.
  public func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int] {
    try await write { [now] db in
      let sql = "UPDATE leases SET deadline = ? WHERE node = ? AND deadline > ? RETURNING shard"
      let arguments: StatementArguments = [
        (now.lease + duration).milliseconds, node.name, now.lease.milliseconds,
      ]
      return try Int.fetchAll(db, sql: sql, arguments: arguments).sorted()
    }
  }

  /// Gives leases back.
  public func releaseLeases(_ shards: [Int], of node: NodeID) async throws {
    try await write { db in
      for shard in shards {
        try db.execute(sql: "DELETE FROM leases WHERE shard = ? AND node = ?", arguments: [shard, node.name])
      }
    }
  }

  /// Lists the leases that have not run out.
  public func leases() async throws -> [ShardLease] {
    try await read { [now] db in
      let sql = "SELECT shard, node, deadline FROM leases WHERE deadline > ? ORDER BY shard"
      return try Row.fetchAll(db, sql: sql, arguments: [now.lease.milliseconds]).map { row in
        ShardLease(
          shard: row[0], node: NodeID(row[1]), deadline: Timestamp(milliseconds: row[2]))
      }
    }
  }
}
