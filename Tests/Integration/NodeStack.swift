import Foundation
import TestSupport

/// PostgreSQL, Redis and several nodes that share them.
final class NodeStack: Sendable {
  let postgres: PostgresServer
  let redis: RedisServer
  nonisolated(unsafe) let nodes: [ServiceProcess]  // Each test starts and stops them from one task at a time.

  /// A copy of the primary that loses nothing that was acknowledged; nil unless asked for.
  let standby: PostgresServer?

  /// Starts the servers and the nodes.
  init(nodes count: Int, withStandby: Bool = false) async throws {
    let postgres = try PostgresServer(settings: withStandby ? ["synchronous_standby_names=*"] : [])
    let standby = withStandby ? try PostgresServer(standbyOf: postgres) : nil
    let redis = try await RedisServer.start()
    let hosts = [postgres, standby].compactMap(\.self).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    let store = "postgres://app@\(hosts)/postgres?sslmode=disable"
    nodes = try (0..<count).map { number in
      try ServiceProcess(["--index", redis.url, "--node-id", "n\(number)"], store: store)
    }
    (self.postgres, self.standby, self.redis) = (postgres, standby, redis)
    for node in nodes { try node.start() }
  }

  struct Unbalanced: Error {}

  /// Returns the number of shards of each live node, by its name.
  func shards() throws -> [String: Int] {
    let rows = try postgres.query(
      """
      SELECT split_part(convert_from(node, 'UTF8'), '/', 1), count(*) FROM timerd.leases
      WHERE deadline > extract(epoch FROM clock_timestamp()) * 1000 GROUP BY 1
      """)
    return Dictionary(
      rows.compactMap { row in
        let parts = row.split(separator: "|")
        return parts.count == 2 ? (String(parts[0]), Int(parts[1]) ?? 0) : nil
      }, uniquingKeysWith: +)
  }

  /// Waits until all shards are held, spread evenly over `count` nodes.
  func waitForBalance(over count: Int) async throws {
    let isBalanced = try await poll {
      let counts = try self.shards().values
      return counts.count == count && counts.reduce(0, +) == 64
        && (counts.max() ?? 0) - (counts.min() ?? 0) <= 1
    }
    guard isBalanced else { throw Unbalanced() }
  }
}
