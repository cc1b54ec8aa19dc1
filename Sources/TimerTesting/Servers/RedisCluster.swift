import Foundation

/// A real Redis cluster: three masters, each with a replica.
public final class RedisCluster: Sendable {
  /// All six; which are masters may change.
  public let servers: [RedisServer]

  /// Starts a cluster and returns when all of its nodes know that it is complete.
  public static func start() throws -> RedisCluster {
    let servers = try (0..<6).map { _ in
      try RedisServer.start([
        "--cluster-enabled", "yes", "--cluster-port", "\(RedisServer.freePort())", "--cluster-node-timeout",
        "2000", "--cluster-replica-validity-factor", "0",
      ])
    }
    let cluster = RedisCluster(servers: servers)
    let addresses = servers.map { "127.0.0.1:\($0.port)" }
    _ = try RedisServer.run(
      ["redis-cli", "--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"])
    for server in servers {
      try RedisServer.wait(for: "the cluster") {
        let isComplete = try server.command("CLUSTER", "INFO").contains("cluster_state:ok")
        let role = try server.command("ROLE")
        return isComplete && (role.hasPrefix("master") || role.contains("connected"))
      }
    }
    return cluster
  }

  private init(servers: [RedisServer]) { self.servers = servers }

  /// An address with three of its nodes.
  public var url: String {
    "redis+cluster://" + servers.prefix(3).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
  }

  /// The master that holds the slot of `key`.
  public func master(of key: String) throws -> RedisServer {
    let slot = try servers[0].command("CLUSTER", "KEYSLOT", key)
    let server = try masters().first { try Self.slots(of: $0).contains { $0.contains(Int(slot) ?? -1) } }
    guard let server else { throw RedisServerProblem(description: "nobody has slot \(slot)") }
    return server
  }

  /// The servers that are masters now and alive.
  public func masters() throws -> [RedisServer] {
    servers.filter { server in
      // A killed one is no master.
      (try? server.command("ROLE"))?.hasPrefix("master") ?? false
    }
  }

  /// Begins to move the slot of `key` to `target`; keys stay where they are until `move`.
  public func beginMigration(of key: String, to target: RedisServer) throws {
    let source = try master(of: key)
    let slot = try source.command("CLUSTER", "KEYSLOT", key)
    try target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", try source.command("CLUSTER", "MYID"))
    try source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", try target.command("CLUSTER", "MYID"))
  }

  /// Moves `key` itself, so that its old node answers ASK.
  public func moveKey(_ key: String, from source: RedisServer, to target: RedisServer) throws {
    try source.command("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
  }

  /// Ends the move of a slot: from now on the old node answers MOVED.
  public func endMigration(of key: String, from source: RedisServer, to target: RedisServer) throws {
    let slot = try target.command("CLUSTER", "KEYSLOT", key)
    let id = try target.command("CLUSTER", "MYID")
    try target.command("CLUSTER", "SETSLOT", slot, "NODE", id)
    try source.command("CLUSTER", "SETSLOT", slot, "NODE", id)
  }

  /// Returns when another server than `old` has the slot of `key`.
  public func waitForFailover(of key: String, from old: RedisServer) throws {
    let witness = servers.first { $0 !== old }
    try RedisServer.wait(for: "the failover") {
      guard let slot = try witness?.command("CLUSTER", "KEYSLOT", key) else { return false }
      let now = try masters().first { try Self.slots(of: $0).contains { $0.contains(Int(slot) ?? -1) } }
      guard let now, now !== old else { return false }
      return try now.command("CLUSTER", "INFO").contains("cluster_state:ok")
    }
  }

  /// Ranges of slots by a node's own word.
  private static func slots(of server: RedisServer) throws -> [ClosedRange<Int>] {
    let own = try server.command("CLUSTER", "NODES").split(separator: "\n").first { $0.contains("myself") }
    return (own ?? "").split(separator: " ").dropFirst(8).compactMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last else { return nil }
      return first...last
    }
  }
}
