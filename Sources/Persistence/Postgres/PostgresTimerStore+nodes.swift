import Persistence
package import TimerModel

// Lives of nodes.
extension PostgresTimerStore {
  /// Notes that a node lives for another `duration`.
  package func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord] {
    let parameters: [PostgresParameter] = [
      .bytea(node.id.name), .int8(node.startedAt.milliseconds), .bytea(node.version),
      .int8(node.clockOffsetMicroseconds), .int8(duration.millisecondsRoundedUp), now,
      .int8(node.isDraining ? 1 : 0),
    ]
    let memory = PostgresParameter.int8(ClaimRequest.longestLease.millisecondsRoundedUp)
    let queries = [
      PostgresQuery(.forget, [memory, now]), PostgresQuery(.heartbeat, parameters),
      PostgresQuery(.nodes, [now]),
    ]
    return try await write(on: background) { session in
      Self.nodes(in: try session.run(queries, commits: true)[2]).map(\.record)
    }
  }

  /// Notes that a node is gone for good, and frees its shards.
  package func retire(_ node: NodeID) async throws {
    let queries = [
      PostgresQuery(.retire, [.bytea(node.name), now]), PostgresQuery(.releaseAll, [.bytea(node.name)]),
    ]
    try await write(on: background) { session in _ = try session.run(queries, commits: true) }
  }

  /// Lists the live nodes by id.
  package func nodes() async throws -> [LiveNode] {
    let query = PostgresQuery(.nodes, [now])
    return try await background.run { session in Self.nodes(in: try session.run(query, commits: false)) }
  }

  private static func nodes(in rows: PostgresRows) -> [LiveNode] {
    (0..<rows.count).compactMap { row in
      guard let name = rows.text(row, 0), let startedAt = rows.int8(row, 1), let version = rows.text(row, 2),
        let seenAt = rows.int8(row, 4)
      else { return nil }
      return LiveNode(
        record: NodeRecord(
          id: NodeID(name), startedAt: Timestamp(milliseconds: startedAt), version: version,
          clockOffsetMicroseconds: rows.int8(row, 3), isDraining: rows.int8(row, 5) != 0),
        seenAt: Timestamp(milliseconds: seenAt))
    }
  }
}
