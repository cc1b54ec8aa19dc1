import Foundation

/// A real Redis cluster: three masters, each with a replica.
package final class RedisCluster: Sendable {
  /// All six; which are masters may change.
  package let servers: [RedisServer]

  /// Starts a cluster and returns when all of its nodes know that it is complete.
  package static func start() async throws -> RedisCluster {
    var servers: [RedisServer] = []
    for _ in 0..<6 {
      let bus = "\(LocalPort.free())"
      servers.append(
        try await RedisServer.start([
          "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000",
          "--cluster-replica-validity-factor", "0",
        ]))
    }
    let cluster = RedisCluster(servers: servers)
    let addresses = servers.map { "127.0.0.1:\($0.port)" }
    _ = try await Shell.run(
      ["redis-cli", "--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"])
    for server in servers {
      try await eventually("the cluster") {
        let isComplete = try await server.command("CLUSTER", "INFO").contains("cluster_state:ok")
        let role = try await server.command("ROLE")
        return isComplete && (role.hasPrefix("master") || role.contains("connected"))
      }
    }
    return cluster
  }

  /// Nobody serves a slot.
  package struct SlotWithoutMaster: Error { let slot: String }

  private init(servers: [RedisServer]) { self.servers = servers }

  /// An address with three of its nodes.
  package var url: String {
    "redis+cluster://" + servers.prefix(3).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
  }

  /// The master that holds the slot of `key`.
  package func master(of key: String) async throws -> RedisServer {
    let slot = try await servers[0].command("CLUSTER", "KEYSLOT", key)
    guard let server = try await holder(of: slot) else {
      throw SlotWithoutMaster(slot: slot)
    }
    return server
  }

  private func holder(of slot: String) async throws -> RedisServer? {
    for server in try await masters() {
      if try await Self.slots(of: server).contains(where: { $0.contains(Int(slot) ?? -1) }) { return server }
    }
    return nil
  }

  /// The servers that are masters now and alive.
  package func masters() async throws -> [RedisServer] {
    var masters: [RedisServer] = []
    for server in servers {
      // A killed one is not a master.
      if let role = try? await server.command("ROLE"), role.hasPrefix("master") { masters.append(server) }
    }
    return masters
  }

  /// Begins to move the slot of `key` to `target`; keys stay where they are until `move`.
  package func beginMigration(of key: String, to target: RedisServer) async throws {
    let source = try await master(of: key)
    let slot = try await source.command("CLUSTER", "KEYSLOT", key)
    try await target.command(
      "CLUSTER", "SETSLOT", slot, "IMPORTING", try await source.command("CLUSTER", "MYID"))
    try await source.command(
      "CLUSTER", "SETSLOT", slot, "MIGRATING", try await target.command("CLUSTER", "MYID"))
  }

  /// Moves `key` itself, so that its old node answers ASK.
  package func moveKey(_ key: String, from source: RedisServer, to target: RedisServer) async throws {
    try await source.command("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
  }

  /// Ends the move of a slot: from now on the old node answers MOVED.
  package func endMigration(of key: String, from source: RedisServer, to target: RedisServer) async throws {
    let slot = try await target.command("CLUSTER", "KEYSLOT", key)
    let id = try await target.command("CLUSTER", "MYID")
    try await target.command("CLUSTER", "SETSLOT", slot, "NODE", id)
    try await source.command("CLUSTER", "SETSLOT", slot, "NODE", id)
  }

  /// Returns when another server than `old` has the slot of `key`.
  package func waitForFailover(of key: String, from old: RedisServer) async throws {
    let witness = servers.first { $0 !== old }
    try await eventually("the failover") {
      guard let slot = try await witness?.command("CLUSTER", "KEYSLOT", key) else { return false }
      let now = try await holder(of: slot)
      guard let now, now !== old else { return false }
      return try await now.command("CLUSTER", "INFO").contains("cluster_state:ok")
    }
  }

  /// Ranges of slots by a node's own word.
  private static func slots(of server: RedisServer) async throws -> [ClosedRange<Int>] {
    let own = try await server.command("CLUSTER", "NODES").split(separator: "\n").first {
      $0.contains("myself")
    }
    return (own ?? "").split(separator: " ").dropFirst(8).compactMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last else { return nil }
      return first...last
    }
  }
}
