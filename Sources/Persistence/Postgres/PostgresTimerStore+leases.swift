import Persistence
package import TimerModel

// Leases of shards.
extension PostgresTimerStore {
  /// Takes the leases that nobody else holds.
  package func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async throws -> [Int] {
    let wanted = Set(shards).sorted().map { Int16($0) }
    let parameters: [PostgresParameter] = [
      .int2s(wanted), .bytea(node.name), .int8(duration.millisecondsRoundedUp), now,
    ]
    let held = try await shardsHeld(after: PostgresQuery(.acquire, parameters))
    return shards.filter { held.contains($0) }
  }

  /// Extends the leases of a node that have not run out.
  package func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int] {
    let parameters: [PostgresParameter] = [.bytea(node.name), .int8(duration.millisecondsRoundedUp), now]
    return try await shardsHeld(after: PostgresQuery(.renew, parameters)).sorted()
  }

  /// Releases leases; those that `node` does not hold are left alone.
  package func releaseLeases(_ shards: [Int], of node: NodeID) async throws {
    let parameters: [PostgresParameter] = [.int2s(shards.map { Int16($0) }), .bytea(node.name)]
    try await write(on: background) { session in
      _ = try session.run(PostgresQuery(.release, parameters), commits: true)
    }
  }

  /// Lists the leases that have not run out.
  package func leases() async throws -> [ShardLease] {
    let query = PostgresQuery(.leases, [now])
    return try await background.run { session in
      let rows = try session.run(query, commits: false)
      return (0..<rows.count).compactMap { row in
        guard let shard = rows.int2(row, 0), let node = rows.text(row, 1), let deadline = rows.int8(row, 2)
        else { return nil }
        return ShardLease(
          shard: Int(shard), node: NodeID(node), deadline: Timestamp(milliseconds: deadline))
      }
    }
  }

  private func shardsHeld(after query: PostgresQuery) async throws -> Set<Int> {
    try await write(on: background) { session in
      let rows = try session.run(query, commits: true)
      return Set((0..<rows.count).compactMap { rows.int2($0, 0).map { Int($0) } })
    }
  }
}
