import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisAccessTests {
  @Test func documentedRightsSuffice() async throws {
    let server = try await RedisServer.start()
    try await server.command(
      ["ACL", "SETUSER", "timers", "on", ">s3cret", "~{app:*", "+select"] + Self.rights)
    let harness = try IndexHarness("redis://timers:s3cret@127.0.0.1:\(server.port)/3?prefix=app&timeout=20s")
    try await harness.add("a", "b")
    try await harness.index.remove([harness.entry("a", 10)])
    #expect(try await harness.ids() == ["b"])
    #expect(try await harness.index.count(in: [1]) == 1)
    #expect(try await server.command("-n", "3", "KEYS", "*") == "{app:1}:due")
    #expect(try await server.command("-n", "0", "DBSIZE") == "0")
  }

  /// As docs/operations.md has them.
  private static let rights =
    "+zadd +zcard +zincrby +zrangebyscore +zrem +unlink".split(separator: " ").map(String.init)

  @Test func documentedRightsKeepHealthOK() async throws {
    let server = try await RedisServer.start()
    try await server.command(["ACL", "SETUSER", "timers", "on", ">p", "~{timerd:*"] + Self.rights)
    let harness = try IndexHarness("redis://timers:p@127.0.0.1:\(server.port)?timeout=20s")
    try await harness.add("a")
    #expect(try await harness.ids() == ["a"])
    try await server.command("DEL", "{timerd:1}:due")
    #expect(try await harness.error { _ = try await harness.ids() }.code == .lost)
    let report = await RedisIndexHealth(index: harness.index).check()
    #expect(report.condition == .ok)
    #expect(report.detail?.contains("CONFIG GET") == true)
    #expect(report.detail?.contains("cannot be checked") == true)
  }

  @Test(arguments: rights)
  func missingRightsDegradeHealth(right: String) async throws {
    let server = try await RedisServer.start()
    try await server.command(
      ["ACL", "SETUSER", "timers", "on", ">p", "~{timerd:*"] + Self.rights.filter { $0 != right })
    let harness = try IndexHarness("redis://timers:p@127.0.0.1:\(server.port)?timeout=20s")
    // Each operation as far as it goes; what is refused is what the health report must tell.
    try? await harness.add("a")
    _ = try? await harness.ids()
    _ = try? await harness.index.count(in: [1])
    try? await harness.index.remove([harness.entry("a", 10)])
    try await server.command("FLUSHALL")
    _ = try? await harness.ids()
    let report = await RedisIndexHealth(index: harness.index).check()
    // Wiping is done for tidiness only.
    #expect(report.condition == (right == "+unlink" ? .ok : .degraded))
    let detail = try #require(report.detail)
    #expect(
      detail.lowercased().contains(String(right.dropFirst())) || detail.contains("run this command"),
      "\(detail)")
    if right != "+unlink" { #expect(detail.contains("docs/operations.md"), "\(detail)") }
  }

  @Test func wrongKeyPatternDegradesHealth() async throws {
    let server = try await RedisServer.start()
    try await server.command(["ACL", "SETUSER", "timers", "on", ">p", "~{other:*"] + Self.rights)
    let harness = try IndexHarness("redis://timers:p@127.0.0.1:\(server.port)?timeout=20s")
    #expect(try await harness.error { try await harness.add("a") }.code == .unauthorized)
    let report = await RedisIndexHealth(index: harness.index).check()
    #expect(report.condition == .degraded)
    #expect(report.detail?.contains("NOPERM") == true)
  }

  @Test func wrongPasswordIsReportedButHidden() async throws {
    let server = try await RedisServer.start(password: "right")
    let harness = try IndexHarness("redis://:wr0ng@127.0.0.1:\(server.port)?timeout=20s")
    let error = try await harness.error { try await harness.add("a") }
    #expect(error.code == .unauthorized)
    #expect(!error.isRetriable)
    #expect(error.reply?.hasPrefix("WRONGPASS") == true)
    #expect(!"\(error)".contains("wr0ng"))
    let none = try IndexHarness("\(server.url)?timeout=20s")
    #expect(try await none.error { try await none.add("a") }.reply?.hasPrefix("NOAUTH") == true)
    let right = try IndexHarness("redis://:right@127.0.0.1:\(server.port)?timeout=20s")
    try await right.add("a")
  }

  @Test func forbiddenCommandShowsServerReply() async throws {
    let server = try await RedisServer.start()
    try await server.command("ACL", "SETUSER", "timers", "on", ">p", "~*", "+ping")
    let harness = try IndexHarness("redis://timers:p@127.0.0.1:\(server.port)?timeout=20s")
    let error = try await harness.error { try await harness.add("a") }
    #expect(error.code == .unauthorized)
    #expect(error.reply?.contains("zadd") == true)
  }

  @Test func prefixesSeparateIndexes() async throws {
    let server = try await RedisServer.start()
    let one = try IndexHarness("\(server.url)?prefix=one&timeout=20s")
    let two = try IndexHarness("\(server.url)?prefix=two&timeout=20s")
    try await one.add("a")
    #expect(try await two.ids() == [])
    #expect(try await one.ids() == ["a"])
  }

  @Test func connectsByUnixSocket() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("unix:\(server.socketPath)?db=2&timeout=20s")
    try await harness.add("a")
    #expect(try await harness.ids() == ["a"])
    #expect(try await server.command("-n", "2", "EXISTS", "{timerd:1}:due") == "1")
  }

  @Test func connectsByHostName() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("redis://localhost:\(server.port)?timeout=20s")
    try await harness.add("a")
    let nowhere = try IndexHarness("redis://no-such-host.invalid?timeout=20s&connect-timeout=20s")
    #expect(try await nowhere.error { try await nowhere.add("a") }.code == .unavailable)
  }

  @Test func outOfMemoryErrorShowsServerReply() async throws {
    let server = try await RedisServer.start(["--maxmemory", "1", "--maxmemory-policy", "noeviction"])
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    let error = try await harness.error { try await harness.add("a") }
    #expect(error.code == .unavailable)
    #expect(error.isRetriable)
    #expect(error.reply?.hasPrefix("OOM") == true)
  }

  @Test func healthReportsEvictionAndOutage() async throws {
    let server = try await RedisServer.start(["--maxmemory-policy", "allkeys-lru"])
    let harness = try IndexHarness("\(server.url)?timeout=20s&connect-timeout=20s")
    let health = RedisIndexHealth(index: harness.index)
    let well = await health.check()
    #expect(well.condition == .ok)
    #expect(well.latency != nil)
    #expect(well.detail?.contains("allkeys-lru") == true)
    server.kill()
    let ill = await health.check()
    #expect(ill.condition == .degraded)
    #expect(ill.detail?.contains("127.0.0.1:\(server.port)") == true)
  }
}
