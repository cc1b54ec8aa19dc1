import SchedulerRedis
import TestSupport
import Testing
import TimerModel

@Suite struct RedisHangTests {
  private let server: RedisServer

  init() async throws { server = try await RedisServer.start() }

  @Test func frozenServerTimesOutAndRecovers() async throws {
    let harness = try IndexHarness("\(server.url)?timeout=300ms&connect-timeout=300ms")
    try await harness.untilItWorks { try await harness.add("a") }
    server.freeze()
    let begun = ContinuousClock.now
    #expect(try await harness.error { _ = try await harness.ids() }.code == .timedOut)
    // Far from the deadline, but this machine may be busy; without one it would be forever.
    #expect(ContinuousClock.now - begun < .seconds(5))
    server.thaw()
    #expect(try await harness.untilItWorks { try await harness.ids() } == ["a"])
  }

  @Test func lateRepliesAreDiscarded() async throws {
    let harness = try IndexHarness("\(server.url)?timeout=200ms&connect-timeout=20s")
    let shards = Array(1...20)
    for shard in shards {
      try await harness.untilItWorks { try await harness.add("t\(shard)", shard: shard) }
    }
    for _ in 0..<5 {
      try await server.command("CLIENT", "PAUSE", "400", "ALL")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for shard in shards {
          group.addTask {
            let ids = try await harness.untilItWorks { try await harness.ids(in: [shard]) }
            #expect(ids == ["t\(shard)"])
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func fullMailboxRefusesAtOnce() async throws {
    let harness = try IndexHarness("\(server.url)?timeout=20s") { $0.pendingLimit = 10 }
    try await harness.add("a")
    server.freeze()
    // Nine commands each: one operation waits for the server, and no other finds room.
    try await withThrowingTaskGroup(of: IndexError?.self) { group in
      for _ in 0..<5 {
        group.addTask {
          do {
            _ = try await harness.index.count(in: [1, 2, 3])
            return nil
          } catch let error as IndexError {
            return error
          }
        }
      }
      for _ in 0..<4 {
        let error = try #require(try await group.next() ?? nil)
        #expect(error.code == .busy)
        #expect(error.isRetriable)
      }
      server.thaw()
      let last = try #require(try await group.next())
      #expect(last?.description == nil, "the one that waited")
    }
  }
}
