import Foundation
import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisLossTests {
  private let server: RedisServer
  private let harness: IndexHarness

  init() async throws {
    server = try await RedisServer.start()
    harness = try IndexHarness("\(server.url)?timeout=20s&connect-timeout=20s")
  }

  @Test func readDetectsFLUSHALL() async throws {
    try await harness.add("a")
    #expect(try await harness.ids() == ["a"])
    try await server.command("FLUSHALL")
    #expect(try await harness.error { _ = try await harness.ids() }.code == .lost)
    try await harness.add("b")
    #expect(try await harness.ids() == ["b"], "a loss is reported once")
  }

  @Test func countDetectsFLUSHALL() async throws {
    _ = try await harness.index.count(in: [1, 2])
    try await server.command("FLUSHALL")
    #expect(try await harness.error { _ = try await harness.index.count(in: [1, 2]) }.code == .lost)
    #expect(try await harness.index.count(in: [1, 2]) == 0)
  }

  @Test func additionDoesNotHideFLUSHALL() async throws {
    try await harness.add("a")
    _ = try await harness.ids()
    try await server.command("FLUSHALL")
    try await harness.add("b")
    #expect(try await harness.error { _ = try await harness.ids() }.code == .lost)
  }

  @Test func shardEvictionIsDetected() async throws {
    try await harness.add("a", shard: 1)
    try await harness.add("b", shard: 2)
    #expect(try await harness.ids(in: [1, 2]) == ["a", "b"])
    try await server.command("DEL", "{timerd:2}:due")
    #expect(try await harness.error { _ = try await harness.ids(in: [1, 2]) }.code == .lost)
    #expect(try await harness.ids(in: [1, 2]) == ["a"])
  }

  @Test func oldDumpIsDetectedAndWiped() async throws {
    try await harness.add("stale")
    _ = try await harness.index.count(in: [1])
    try await server.command("SAVE")
    let dump = server.folder.appending(path: "dump.rdb")
    let yesterday = server.folder.appending(path: "yesterday.rdb")
    try FileManager.default.copyItem(at: dump, to: yesterday)
    try await harness.add("fresh")
    _ = try await harness.index.count(in: [1])
    server.kill()
    try FileManager.default.removeItem(at: dump)
    try FileManager.default.copyItem(at: yesterday, to: dump)
    try await server.start()
    #expect(try await server.command("ZCARD", "{timerd:1}:due") == "2", "the stale entry and the marker")
    let codes = try await codesUntilItWorks()
    #expect(codes.contains(.lost))
    #expect(try await harness.ids() == [])
  }

  @Test func unnoticedRestartIsDetected() async throws {
    try await harness.add("a")
    _ = try await harness.ids()
    try await server.command("SAVE")
    server.kill()
    try await server.start()
    let codes = try await codesUntilItWorks()
    #expect(!codes.isEmpty)
    #expect(try await harness.ids() == ["a"], "what is not known to be lost stays")
  }

  @Test func additionsSucceedAfterRestart() async throws {
    try await harness.add("a")
    server.kill()
    #expect(try await harness.error { try await harness.add("b") }.code == .unavailable)
    try await server.start()
    try await harness.untilItWorks { try await harness.add("c") }
    #expect(try await harness.untilItWorks { try await harness.ids() } == ["c"])
  }

  @Test func scriptFlushIsHarmless() async throws {
    try await harness.add("a", "b")
    try await harness.index.remove([harness.entry("a", 10)])
    try await server.command("SCRIPT", "FLUSH")
    try await harness.index.remove([harness.entry("b", 10)])
    #expect(try await harness.ids() == [])
  }

  /// Returns the codes of failed reads until one succeeds.
  private func codesUntilItWorks() async throws -> [IndexError.Code] {
    var codes: [IndexError.Code] = []
    _ = try await harness.untilItWorks {
      do {
        return try await harness.ids()
      } catch let error as IndexError {
        codes.append(error.code)
        throw error
      }
    }
    return codes
  }
}
