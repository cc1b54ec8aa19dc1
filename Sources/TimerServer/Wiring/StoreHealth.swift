import StepRunner
import TimerModel

/// True if the store answers.
struct StoreHealth: HealthCheck {
  let name = "store"
  let store: any TimerStore

  func check() async -> HealthReport {
    let begun = SystemClock.monotonicMicroseconds()
    do {
      _ = try await store.timers([TimerKey(groupID: "health", timerID: "check")])
      return HealthReport(.ok, latency: .microseconds(SystemClock.monotonicMicroseconds() - begun))
    } catch {
      return HealthReport(.down, detail: "\(error)")
    }
  }
}
