import SchedulerRedis
import Testing
import TimerModel
import TimerTesting

@Suite struct RedisClusterTests {
  private let key = "{timerd:1}:due"

  @Test func followsASlotOnTheMove() async throws {
    let cluster = try RedisCluster.start()
    let bench = try IndexBench("\(cluster.url)?timeout=10s")
    try await bench.add("a")
    #expect(try await bench.ids() == ["a"])
    let source = try cluster.master(of: key)
    let target = try #require(try cluster.masters().first { $0 !== source })

    try cluster.beginMigration(of: key, to: target)
    #expect(try await bench.ids() == ["a"])
    try cluster.moveKey(key, from: source, to: target)
    #expect(try await bench.ids() == ["a"], "ASK")
    try await bench.add("b")
    try cluster.endMigration(of: key, from: source, to: target)
    #expect(try await bench.ids() == ["a", "b"], "MOVED")
    try await bench.index.remove([bench.entry("a", 10)])
    #expect(try await bench.index.count(in: [1, 2, 3, 4, 5, 6]) == 1)
  }

  @Test func followsAFailover() async throws {
    let cluster = try RedisCluster.start()
    let bench = try IndexBench("\(cluster.url)?timeout=10s")
    try await bench.add("a")
    let old = try cluster.master(of: key)
    old.kill()
    try cluster.waitForFailover(of: key, from: old)
    try await bench.untilItWorks { try await bench.add("b") }
    let ids = try await bench.untilItWorks { try await bench.ids() }
    #expect(ids.contains("b"))
    #expect(try cluster.master(of: key) !== old)
  }
}
