import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisSentinelTests {
  @Test func followsFailover() async throws {
    let sentinel = try await RedisSentinel.start()
    let harness = try IndexHarness("\(sentinel.url)?timeout=5s")
    try await harness.add("a")
    #expect(try await harness.ids() == ["a"])
    sentinel.servers[0].kill()
    #expect(try await harness.error { try await harness.add("b") }.isRetriable)
    try await sentinel.waitUntil(isMaster: sentinel.servers[1])
    try await harness.untilItWorks { try await harness.add("c") }
    _ = try await harness.untilItWorks { try await harness.index.count(in: [1]) }
    let ids = try await harness.ids()
    #expect(ids.contains("c"))
    #expect(try await sentinel.servers[1].command("ZSCORE", "{timerd:1}:due", "g/c") == "10")
  }

  @Test func demotedMasterIsLeft() async throws {
    let sentinel = try await RedisSentinel.start()
    let harness = try IndexHarness("\(sentinel.url)?timeout=5s")
    try await harness.add("a")
    try await sentinel.failOver()
    try await sentinel.waitUntil(isMaster: sentinel.servers[1])
    try await sentinel.waitUntil(isReplica: sentinel.servers[0])
    try await harness.untilItWorks { try await harness.add("b") }
    #expect(try await sentinel.servers[1].command("ZSCORE", "{timerd:1}:due", "g/b") == "10")
  }
}
