import Foundation
import Logging
import Scheduler
import SchedulerRedis
import TestSupport
import Testing
import TimerModel
import TimerTesting

@Suite struct IndexConformanceTests {
  @Test(arguments: TimerIndexConformance.allCases)
  func inProcess(behaviour: TimerIndexConformance) async throws {
    try await behaviour.run(on: InProcessTimerIndex())
  }

  @Test func invalidShardsAreIgnored() async {
    let index = InProcessTimerIndex()
    let shards = [-1, .min, .max, 1 << 40]
    let key = TimerKey(groupID: "g", timerID: "t")
    let entries = shards.map { DueEntry(key: key, shard: $0, dueAt: Timestamp(milliseconds: 1)) }
    await index.add(entries)
    await index.remove(entries)
    #expect(await index.count(in: shards) == 0)
    #expect(await index.due(in: shards, through: Timestamp(milliseconds: .max), limit: 10).entries == [])
  }

  @Test(arguments: TimerIndexConformance.allCases)
  func redis(behaviour: TimerIndexConformance) async throws {
    let server = try await RedisServer.start()
    try await behaviour.run(on: redisIndex(at: server.url))
  }

  /// All cases in one test, since a cluster takes seconds to start.
  @Test func redisCluster() async throws {
    let cluster = try await RedisCluster.start()
    for behaviour in TimerIndexConformance.allCases {
      try await behaviour.run(on: redisIndex(at: cluster.url))
    }
  }

  /// An index of its own by its prefix; it waits as long as a busy machine needs.
  private func redisIndex(at url: String) throws -> RedisTimerIndex {
    let configuration = try RedisConfiguration(url: "\(url)?prefix=\(UUID().uuidString)&timeout=20s")
    return RedisTimerIndex(configuration: configuration, logger: Logger(label: "test"))
  }
}
