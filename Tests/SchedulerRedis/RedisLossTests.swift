import Foundation
import SchedulerRedis
import Testing
import TimerModel
import TimerTesting

@Suite struct RedisLossTests {
  private let server: RedisServer
  private let bench: IndexHarness

  init() async throws {
    server = try await RedisServer.start()
    bench = try IndexHarness("\(server.url)?timeout=20s&connect-timeout=20s")
  }

  @Test func readDetectsFLUSHALL() async throws {
    try await bench.add("a")
    #expect(try await bench.ids() == ["a"])
    try await server.command("FLUSHALL")
    #expect(try await bench.error { _ = try await bench.ids() }.code == .lost)
    try await bench.add("b")
    #expect(try await bench.ids() == ["b"], "a loss is reported once")
  }

  @Test func countDetectsFLUSHALL() async throws {
    _ = try await bench.index.count(in: [1, 2])
    try await server.command("FLUSHALL")
    #expect(try await bench.error { _ = try await bench.index.count(in: [1, 2]) }.code == .lost)
    #expect(try await bench.index.count(in: [1, 2]) == 0)
  }

  @Test func additionDoesNotHideFLUSHALL() async throws {
    try await bench.add("a")
    _ = try await bench.ids()
    try await server.command("FLUSHALL")
    try await bench.add("b")
    #expect(try await bench.error { _ = try await bench.ids() }.code == .lost)
  }

  @Test func shardEvictionIsDetected() async throws {
    try await bench.add("a", shard: 1)
    try await bench.add("b", shard: 2)
    #expect(try await bench.ids(in: [1, 2]) == ["a", "b"])
    try await server.command("DEL", "{timerd:2}:due")
    #expect(try await bench.error { _ = try await bench.ids(in: [1, 2]) }.code == .lost)
    #expect(try await bench.ids(in: [1, 2]) == ["a"])
  }

  @Test func oldDumpIsDetectedAndWiped() async throws {
    try await bench.add("stale")
    _ = try await bench.index.count(in: [1])
    try await server.command("SAVE")
    let dump = server.folder.appending(path: "dump.rdb")
    let yesterday = server.folder.appending(path: "yesterday.rdb")
    try FileManager.default.copyItem(at: dump, to: yesterday)
    try await bench.add("fresh")
    _ = try await bench.index.count(in: [1])
    server.kill()
    try FileManager.default.removeItem(at: dump)
    try FileManager.default.copyItem(at: yesterday, to: dump)
    try await server.start()
    #expect(try await server.command("ZCARD", "{timerd:1}:due") == "2", "the stale entry and the marker")
    let codes = try await codesUntilItWorks()
    #expect(codes.contains(.lost))
    #expect(try await bench.ids() == [])
  }

  @Test func unnoticedRestartIsDetected() async throws {
    try await bench.add("a")
    _ = try await bench.ids()
    try await server.command("SAVE")
    server.kill()
    try await server.start()
    let codes = try await codesUntilItWorks()
    #expect(!codes.isEmpty)
    #expect(try await bench.ids() == ["a"], "what is not known to be lost stays")
  }

  @Test func additionsSucceedAfterRestart() async throws {
    try await bench.add("a")
    server.kill()
    #expect(try await bench.error { try await bench.add("b") }.code == .unavailable)
    try await server.start()
    try await bench.untilItWorks { try await bench.add("c") }
    #expect(try await bench.untilItWorks { try await bench.ids() } == ["c"])
  }

  @Test func scriptFlushIsHarmless() async throws {
    try await bench.add("a", "b")
    try await bench.index.remove([bench.entry("a", 10)])
    try await server.command("SCRIPT", "FLUSH")
    try await bench.index.remove([bench.entry("b", 10)])
    #expect(try await bench.ids() == [])
  }

  /// Returns the codes of failed reads until one succeeds.
  private func codesUntilItWorks() async throws -> [IndexError.Code] {
    var codes: [IndexError.Code] = []
    _ = try await bench.untilItWorks {
      do {
        return try await bench.ids()
      } catch let error as IndexError {
        codes.append(error.code)
        throw error
      }
    }
    return codes
  }
}
