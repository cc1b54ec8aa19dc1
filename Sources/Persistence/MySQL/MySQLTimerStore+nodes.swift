import Persistence
package import TimerModel

// Lives of nodes.
extension MySQLTimerStore {
  /// Notes that a node lives for another `duration`.
  package func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord] {
    let parameters: [MySQLValue] = [
      .text(node.id.name), .time(node.startedAt), .text(node.version), .number(node.clockOffsetMicroseconds),
      .integer(duration.millisecondsRoundedUp), .integer(node.isDraining ? 1 : 0),
    ]
    let memory = MySQLValue.integer(ClaimRequest.longestLease.millisecondsRoundedUp)
    let queries = [MySQLQuery(.forget, [memory]), MySQLQuery(.heartbeat, parameters), MySQLQuery(.nodes)]
    return try await write(on: background) { [self] session in
      let replies = try session.run([setNow(session)] + queries + [MySQLQuery(.now)], commits: true)
      _ = try session.time(replies[4])
      return Self.nodes(in: replies[3]).map(\.record)
    }
  }

  /// Notes that a node is gone for good, and frees its shards.
  package func retire(_ node: NodeID) async throws {
    let name = MySQLValue.text(node.name)
    try await write(on: background) { [self] session in
      let queries = [
        setNow(session), MySQLQuery(.retire, [name]), MySQLQuery(.releaseAll, [name]), MySQLQuery(.now),
      ]
      _ = try session.time(session.run(queries, commits: true)[3])
    }
  }

  /// Lists the live nodes by id.
  package func nodes() async throws -> [LiveNode] {
    try await background.run { [self] session in
      let replies = try session.run(
        [setNow(session), MySQLQuery(.nodes), MySQLQuery(.now)], commits: false)
      _ = try session.time(replies[2])
      return Self.nodes(in: replies[1])
    }
  }

  private static func nodes(in rows: MySQLRows) -> [LiveNode] {
    (0..<rows.count).compactMap { row in
      guard let name = rows.text(row, 0), let startedAt = rows.integer(row, 1),
        let version = rows.text(row, 2), let seenAt = rows.integer(row, 4)
      else { return nil }
      return LiveNode(
        record: NodeRecord(
          id: NodeID(name), startedAt: Timestamp(milliseconds: startedAt), version: version,
          clockOffsetMicroseconds: rows.integer(row, 3), isDraining: rows.integer(row, 5) != 0),
        seenAt: Timestamp(milliseconds: seenAt))
    }
  }
}
