import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisMemoryTests {
  /// 128 bytes with Debian's jemalloc, whose smallest steps are of 16 bytes: the member 32, its node of the skip list 48
  /// and more, its place in the hash table 43.
  @Test func timerMemoryMatchesDocument() async throws {
    let server = try await RedisServer.start()
    let harness = try IndexHarness("\(server.url)?timeout=20s")
    let count = 100_000
    let before = try await used(server)
    for first in stride(from: 0, to: count, by: 1000) {
      try await harness.index.add(
        (first..<first + 1000).map { number in
          let id = "timer-" + String(10_000_000_000_000 + number)
          return harness.entry(id, 1_800_000_000_000 + Int64(number), shard: number % 64)
        })
    }
    let each = try await (used(server) - before) / count
    #expect(each <= 132)
  }

  private func used(_ server: RedisServer) async throws -> Int {
    let line = try await server.command("INFO", "memory").split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("used_memory:") }
    return try #require(line.flatMap { Int($0.dropFirst("used_memory:".count)) })
  }
}
