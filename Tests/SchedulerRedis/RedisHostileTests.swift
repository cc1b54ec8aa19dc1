import SchedulerRedis
import TestSupport
import Testing
import TimerModel

/// A Redis that holds or sends what this service has never written or asked for.
@Suite struct RedisHostileTests {
  @Test func foreignMembersAreRemoved() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    try await harness.add("a")
    _ = try await harness.ids()
    let key = "{timerd:1}:due"
    for (score, member) in [
      ("-inf", "g/least"), ("-9.3e18", "g/below"), ("-5", "g/negative"), ("0.5", "g/half"),
      ("10", "no-slash"), ("10", ""),
      ("10", "g/"), ("10", "/t"), ("10", "g/t/u"), ("10", "g/\u{e9}"), ("10", "g/a b"),
      ("10", "g/" + String(repeating: "x", count: 300)),
    ] {
      try await server.command("ZADD", key, score, member)
    }
    // Not UTF-8, and a zero byte.
    try await server.command("EVAL", "redis.call('ZADD', KEYS[1], 1, 'g/\\255', 2, 'g/a\\0b')", "1", key)
    #expect(try await harness.ids() == ["a"])
    #expect(try await server.command("ZRANGE", key, "1", "-1") == "g/a", "all but the marker")
  }

  @Test func excessiveScoresAreNeverDue() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    for (number, score) in ["inf", "1e300", "9.3e18", "9223372036854775807"].enumerated() {
      try await server.command("ZADD", "{timerd:1}:due", score, "g/t\(number)")
    }
    let reply = try await harness.index.due(in: [1], through: Timestamp(milliseconds: 1000), limit: 10)
    #expect(reply.entries == [])
    #expect(reply.nextDueAt == [1: Timestamp(milliseconds: 1 << 53)])
    let all = try await harness.index.due(in: [1], through: Timestamp(milliseconds: .max), limit: 10)
    #expect(all.entries == [])
    #expect(try await harness.index.count(in: [1]) == 0)
  }

  @Test func foreignMembersHideNoTimer() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    try await harness.add("a", shard: 1)
    try await harness.add("b", shard: 2)
    _ = try await harness.ids(in: [1, 2])
    try await server.command(
      "EVAL", "for i = 1, 5000 do redis.call('ZADD', KEYS[1], 1, 'garbage' .. i) end", "1", "{timerd:1}:due")
    let through = Timestamp(milliseconds: 1000)
    let first = try await harness.index.due(in: [1, 2], through: through, limit: 1000)
    #expect(first.entries.map(\.key.timerID) == ["b"], "it waits for nobody")
    #expect(first.nextDueAt[1].map { $0 <= through } == true, "there is more to be read at once")
    var reads = 1
    while try await harness.ids(in: [1, 2]) != ["a", "b"], reads < 20 { reads += 1 }
    #expect(reads < 10)
  }

  @Test func foreignMarkerReportsLoss() async throws {
    let server = try await RedisServer.start()
    for score in ["inf", "-inf", "-1e300", "0.5", "-9223372036854775808", "7"] {
      let harness = try IndexHarness("\(server.url)?timeout=20s")
      try await harness.add("a")
      _ = try await harness.ids()
      try await server.command("ZADD", "{timerd:1}:due", score, "#")
      #expect(try await harness.error { _ = try await harness.ids() }.code == .lost, "\(score)")
      try await harness.add("b")
      #expect(try await harness.ids() == ["b"])
      #expect(try await harness.index.count(in: [1]) == 1)
    }
  }

  @Test func wrongKeyTypeLosesOneShard() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    try await harness.add("a", shard: 1)
    try await harness.add("b", shard: 2)
    #expect(try await harness.ids(in: [1, 2]) == ["a", "b"])
    try await server.command("SET", "{timerd:1}:due", "text")
    #expect(try await harness.error { try await harness.add("c", shard: 1) }.code == .failed)
    #expect(try await harness.error { _ = try await harness.ids(in: [1, 2]) }.code == .lost)
    try await harness.add("c", shard: 1)
    #expect(try await harness.ids(in: [1, 2]).sorted() == ["b", "c"])
  }

  /// A server that does not speak Redis, or speaks it badly.
  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\n\r\n", "*2147483647\r\n", "*-5\r\n", "$-5\r\n", "$99999999999999999999\r\nx",
    ":\r\n",
    ":99999999999999999999999\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
    "\0\0\0\0\r\n", "%1\r\n+a\r\n+b\r\n",
    "+PONG\r\n:1\r\n:1\r\n", "-LOADING\r\n",
  ])
  func invalidRepliesAreErrors(bytes: String) async throws {
    let server = try await RawReceiver.start(bytes: bytes)
    let harness = try IndexHarness("redis://127.0.0.1:\(server.port)?timeout=300ms&connect-timeout=300ms")
    _ = try await harness.error { _ = try await harness.ids() }
    _ = try await harness.error { _ = try await harness.index.count(in: [1]) }
    try await server.stop()
  }

  @Test(arguments: ["$536870912\r\n", "+", "$1", "*60000\r\n$100000000\r\n", "*2\r\n:1\r\n-"])
  func endlessReplyIsAborted(beginning: String) async throws {
    let server = try await RawReceiver.start(bytes: beginning, isEndless: true)
    let harness = try IndexHarness("redis://127.0.0.1:\(server.port)?timeout=20s&connect-timeout=20s")
    let error = try await harness.error { _ = try await harness.ids() }
    #expect(error.message.contains("a reply that does not end"))
    try await server.stop()
  }
}
