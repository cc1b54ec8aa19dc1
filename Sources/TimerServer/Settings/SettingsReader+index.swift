#if Redis
import SchedulerRedis
#endif

// An address may hold a password, so no problem repeats it.
extension SettingsReader {
  mutating func index() -> IndexSetting {
    let index = settings[.index]
    if index == "memory:" { return .memory }
    #if Redis
    do {
      return .redis(try RedisConfiguration(url: index))
    } catch {
      refuse(.index, "memory: or the address of a Redis: \(error)", isShown: false)
    }
    #else
    refuse(.index, "memory:; this build has no Redis (trait Redis)", isShown: false)
    #endif
    return .memory
  }
}
