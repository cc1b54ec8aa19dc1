import SchedulerRedis
import Testing
import TimerModel
import TimerTesting

@Suite struct RedisSentinelTests {
  @Test func followsFailover() async throws {
    let sentinel = try await RedisSentinel.start()
    let bench = try IndexHarness("\(sentinel.url)?timeout=5s")
    try await bench.add("a")
    #expect(try await bench.ids() == ["a"])
    sentinel.servers[0].kill()
    #expect(try await bench.error { try await bench.add("b") }.isRetriable)
    try await sentinel.waitUntil(isMaster: sentinel.servers[1])
    try await bench.untilItWorks { try await bench.add("c") }
    _ = try await bench.untilItWorks { try await bench.index.count(in: [1]) }
    let ids = try await bench.ids()
    #expect(ids.contains("c"))
    #expect(try await sentinel.servers[1].command("ZSCORE", "{timerd:1}:due", "g/c") == "10")
  }

  @Test func demotedMasterIsLeft() async throws {
    let sentinel = try await RedisSentinel.start()
    let bench = try IndexHarness("\(sentinel.url)?timeout=5s")
    try await bench.add("a")
    try await sentinel.failOver()
    try await sentinel.waitUntil(isMaster: sentinel.servers[1])
    try await sentinel.waitUntil(isReplica: sentinel.servers[0])
    try await bench.untilItWorks { try await bench.add("b") }
    #expect(try await sentinel.servers[1].command("ZSCORE", "{timerd:1}:due", "g/b") == "10")
  }
}
