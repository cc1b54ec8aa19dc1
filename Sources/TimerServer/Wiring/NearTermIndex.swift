import Logging
import Scheduler
import TimerModel

#if Redis
import SchedulerRedis
#endif

/// The near-term index that the settings name, and what asks for its health.
struct NearTermIndex: Sendable {
  let index: any TimerIndex
  let health: (any HealthCheck)?
  let close: @Sendable () -> Void

  init(_ setting: IndexSetting, logger: Logger) {
    switch setting {
    case .memory:
      index = InProcessTimerIndex()
      health = nil
      close = {}
    #if Redis
    case .redis(let configuration):
      let redis = RedisTimerIndex(configuration: configuration, logger: logger)
      index = redis
      health = RedisIndexHealth(index: redis)
      close = { redis.close() }
    #endif
    }
  }
}
