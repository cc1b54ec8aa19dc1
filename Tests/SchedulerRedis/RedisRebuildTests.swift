import Foundation
import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisRebuildTests {
  private static let near = 100_000

  /// The faults of a Redis server.
  private enum Fault: CaseIterable { case flush, scriptFlush, kill, pause, evict, oldDump, oldDumpAndNewNode }

  @Test(.timeLimit(.minutes(3))) func indexIsRebuiltAfterEveryLoss() async throws {
    let server = try await RedisServer.start()
    let configuration = try RedisConfiguration(url: server.url)
    let index = RedisTimerIndex(configuration: configuration, logger: IndexHarness.quiet)
    var node = try await FiringNode(index: index, postgres: PostgresServer())
    let near = node.now + .seconds(300)
    try await node.create(Self.near, "near", from: near, spacing: .microseconds(500))
    let firing = node.now + .seconds(3)
    try await node.create(12_000, "f", from: firing, spacing: .milliseconds(5))
    var running = Self.run(node)
    defer { running.cancel() }
    try await waitUntilFull(server, from: near, after: "the start")
    // Only the old dump has it: once it is gone, what there is was added again.
    try await server.command("ZADD", "{timerd:0}:due", "\(near.milliseconds)", "g/ghost")
    try await server.command("SAVE")
    try await server.command("ZREM", "{timerd:0}:due", "g/ghost")
    let dump = server.folder.appending(path: "dump.rdb")
    let old = server.folder.appending(path: "old.rdb")
    try FileManager.default.copyItem(at: dump, to: old)

    var cancelled: [TimerKey] = []
    for fault in Fault.allCases {
      let next = Int(Timestamp.millisecondsBetween(firing, node.now) / 5) + 200
      for number in stride(from: max(200, next), to: max(200, next) + 400, by: 20) {
        let key = TimerKey(groupID: "g", timerID: "f\(number)")
        if try await node.cancel(key) { cancelled.append(key) }
      }
      switch fault {
      case .flush: try await server.command("FLUSHALL")
      case .scriptFlush: try await server.command("SCRIPT", "FLUSH")
      case .kill:
        server.kill()
        try FileManager.default.removeItem(at: dump)
        try await server.start()
      case .pause: try await server.command("CLIENT", "PAUSE", "2000", "ALL")
      case .evict:
        try await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "4mb")
        try await eventually("evictions") {
          try await Self.entries(server, from: near) < Self.near / 2
        }
        try await server.command("CONFIG", "SET", "maxmemory", "0")
      case .oldDump, .oldDumpAndNewNode:
        let isNewNode = fault == .oldDumpAndNewNode
        if isNewNode { running.cancel() }
        server.kill()
        try? FileManager.default.removeItem(at: dump)  // Only `SAVE` has made one.
        try FileManager.default.copyItem(at: old, to: dump)
        try await server.start()
        if isNewNode {
          // It has never seen this Redis and cannot know that it is an old one.
          node = node.successor(
            index: RedisTimerIndex(configuration: configuration, logger: IndexHarness.quiet))
          running = Self.run(node)
          try await server.command("ZREM", "{timerd:0}:due", "g/ghost")
        }
      }
      let begun = ContinuousClock.now
      try await waitUntilFull(server, from: near, after: "\(fault)")
      let took = ContinuousClock.now - begun
      #expect(took < .seconds(10), "\(fault)")
    }
    let latenesses = node.latenesses.values.sorted()
    #expect(latenesses[latenesses.count * 99 / 100] < 2000)
    #expect(!cancelled.isEmpty)
    #expect(cancelled.filter { node.latenesses[$0] != nil } == [])
  }

  private static func run(_ node: FiringNode) -> Task<Void, any Error> {
    Task { try await node.run() }
  }

  private func waitUntilFull(_ server: RedisServer, from near: Timestamp, after event: String) async throws {
    try await eventually("the rebuilt index after \(event)") {
      let isFull = try await Self.entries(server, from: near) == Self.near
      let ghost = try await server.command("ZSCORE", "{timerd:0}:due", "g/ghost")
      return isFull && ghost.isEmpty
    }
  }

  private static func entries(_ server: RedisServer, from near: Timestamp) async throws -> Int {
    let sum = """
      local n = 0
      for shard = 0, 63 do n = n + redis.call('ZCOUNT', '{timerd:' .. shard .. '}:due', ARGV[1], '+inf') end
      return n
      """
    return try await Int(server.command("EVAL", sum, "0", "\(near.milliseconds)")) ?? 0
  }
}
