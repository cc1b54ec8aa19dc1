import Persistence
package import TimerModel

// Leases of shards.
extension MySQLTimerStore {
  /// Takes the leases that nobody else holds.
  package func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async throws -> [Int] {
    let wanted = Set(shards).sorted()
    guard !wanted.isEmpty else { return [] }
    let (name, milliseconds) = (MySQLValue.text(node.name), duration.millisecondsRoundedUp)
    let rows = wanted.map { [MySQLValue.integer(Int64($0)), name, .now(plus: milliseconds)] }
    let held = try await shardsHeld(by: name, after: MySQLQuery(.acquire, [.rows(rows)]))
    return shards.filter { held.contains($0) }
  }

  /// Extends the leases of a node that have not run out.
  package func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int] {
    let name = MySQLValue.text(node.name)
    let query = MySQLQuery(.renew, [.integer(duration.millisecondsRoundedUp), name])
    return try await shardsHeld(by: name, after: query).sorted()
  }

  /// Releases leases; those that `node` does not hold are left alone.
  package func releaseLeases(_ shards: [Int], of node: NodeID) async throws {
    guard !shards.isEmpty else { return }
    let query = MySQLQuery(
      .release, [.list(shards.sorted().map { .integer(Int64($0)) }), .text(node.name)])
    try await write(on: background) { session in _ = try session.run([query], commits: true) }
  }

  /// Lists the leases that have not run out.
  package func leases() async throws -> [ShardLease] {
    try await background.run { [self] session in
      let replies = try session.run(
        [setNow(session), MySQLQuery(.leases), MySQLQuery(.now)], commits: false)
      _ = try session.time(replies[2])
      let rows = replies[1]
      return (0..<rows.count).compactMap { row in
        guard let shard = rows.integer(row, 0), let node = rows.text(row, 1),
          let deadline = rows.integer(row, 2)
        else { return nil }
        return ShardLease(
          shard: Int(shard), node: NodeID(node), deadline: Timestamp(milliseconds: deadline))
      }
    }
  }

  private func shardsHeld(by name: MySQLValue, after query: MySQLQuery) async throws -> Set<Int> {
    try await write(on: background) { [self] session in
      let replies = try session.run(
        [setNow(session), query, MySQLQuery(.held, [name]), MySQLQuery(.now)], commits: true)
      _ = try session.time(replies[3])
      return Set((0..<replies[2].count).compactMap { replies[2].integer($0, 0).map { Int($0) } })
    }
  }
}
