import Foundation
import Logging
import Scheduler
import SchedulerRedis
import Testing
import TimerTesting

@Suite struct IndexConformanceTests {
  @Test(arguments: TimerIndexConformance.allCases)
  func inProcess(behaviour: TimerIndexConformance) async throws {
    try await behaviour.run(on: InProcessTimerIndex())
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
