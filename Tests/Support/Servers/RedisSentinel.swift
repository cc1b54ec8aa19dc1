import Foundation

/// A real master with a replica, and three Sentinels that watch them.
package final class RedisSentinel: Sendable {
  /// The master at first, and its replica.
  package let servers: [RedisServer]
  private let sentinels: [RedisServer]

  /// Starts all and returns when every Sentinel knows the replica and the others.
  package static func start() async throws -> RedisSentinel {
    let master = try await RedisServer.start()
    let replica = try await RedisServer.start(["--replicaof", "127.0.0.1", "\(master.port)"])
    try await eventually("the replica") {
      try await replica.command("INFO", "replication").contains("master_link_status:up")
    }
    var sentinels: [RedisServer] = []
    for _ in 0..<3 { sentinels.append(try await startSentinel(watching: master)) }
    for sentinel in sentinels {
      try await eventually("the Sentinels") {
        let words = try await sentinel.command("SENTINEL", "MASTER", "timers").split(separator: "\n")
        func value(_ name: Substring) -> Substring? {
          words.firstIndex(of: name).map { words[words.index(after: $0)] }
        }
        return value("num-slaves") == "1" && value("num-other-sentinels") == "2" && value("flags") == "master"
      }
    }
    return RedisSentinel(servers: [master, replica], sentinels: sentinels)
  }

  private init(servers: [RedisServer], sentinels: [RedisServer]) {
    self.servers = servers
    self.sentinels = sentinels
  }

  /// The address by which the master is found.
  package var url: String {
    "redis+sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/timers"
  }

  /// Returns when two Sentinels name `server` as the master, and it agrees.
  package func waitUntil(isMaster server: RedisServer) async throws {
    try await eventually("the failover") {
      var named = 0
      for sentinel in sentinels {
        let address = try await sentinel.command("SENTINEL", "get-master-addr-by-name", "timers")
        if address.hasSuffix("\(server.port)") { named += 1 }
      }
      // The Sentinels cut connections while they turn servers round.
      guard named >= 2, let role = try? await server.command("ROLE") else { return false }
      return role.hasPrefix("master")
    }
  }

  /// Returns when `server`, a master before, follows another and so takes no more writes.
  package func waitUntil(isReplica server: RedisServer) async throws {
    try await eventually("the old master to follow") {
      // The Sentinels cut all connections while they turn it round.
      (try? await server.command("ROLE"))?.hasPrefix("slave") ?? false
    }
  }

  /// Has the replica take over although the master is well.
  package func failOver() async throws { try await sentinels[0].command("SENTINEL", "FAILOVER", "timers") }

  private static func startSentinel(watching master: RedisServer) async throws -> RedisServer {
    try await RedisServer.startSentinel(
      """
      sentinel monitor timers 127.0.0.1 \(master.port) 2
      sentinel down-after-milliseconds timers 1000
      sentinel failover-timeout timers 5000

      """)
  }
}
