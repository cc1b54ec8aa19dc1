import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisClusterTests {
  private let key = "{timerd:1}:due"

  @Test func followsMigratingSlots() async throws {
    let cluster = try await RedisCluster.start()
    let harness = try IndexHarness("\(cluster.url)?timeout=10s")
    try await harness.add("a")
    #expect(try await harness.ids() == ["a"])
    let source = try await cluster.master(of: key)
    let target = try #require(try await cluster.masters().first { $0 !== source })

    try await cluster.beginMigration(of: key, to: target)
    #expect(try await harness.ids() == ["a"])
    try await cluster.moveKey(key, from: source, to: target)
    #expect(try await harness.ids() == ["a"], "ASK")
    try await harness.add("b")
    try await cluster.endMigration(of: key, from: source, to: target)
    #expect(try await harness.ids() == ["a", "b"], "MOVED")
    try await harness.index.remove([harness.entry("a", 10)])
    #expect(try await harness.index.count(in: [1, 2, 3, 4, 5, 6]) == 1)
  }

  @Test func redirectionNeedsNoClusterCommands() async throws {
    let cluster = try await RedisCluster.start()
    for server in cluster.servers {
      try await server.command(
        "ACL", "SETUSER", "timers", "on", ">p", "~{timerd:*", "+zadd", "+zcard", "+zincrby", "+zrangebyscore",
        "+zrem", "+zscore",
        "+unlink", "+eval", "+asking")
    }
    let address = cluster.url.replacing("redis+cluster://", with: "redis+cluster://timers:p@")
    let harness = try IndexHarness("\(address)?timeout=10s")
    let shards = Array(0..<16)
    for shard in shards { try await harness.add("t\(shard)", shard: shard) }
    #expect(try await harness.ids(in: shards).count == 16)
    let report = await RedisIndexHealth(index: harness.index).check()
    #expect(report.condition == .ok)
    #expect(report.detail?.contains("CLUSTER SLOTS") == true)
  }

  @Test func followsFailover() async throws {
    let cluster = try await RedisCluster.start()
    let harness = try IndexHarness("\(cluster.url)?timeout=10s")
    try await harness.add("a")
    let old = try await cluster.master(of: key)
    old.kill()
    try await cluster.waitForFailover(of: key, from: old)
    try await harness.untilItWorks { try await harness.add("b") }
    let ids = try await harness.untilItWorks { try await harness.ids() }
    #expect(ids.contains("b"))
    #expect(try await cluster.master(of: key) !== old)
  }
}
