import NodeRuntime
import TimerModel

/// True if the store answers.
struct StoreHealth: HealthCheck {
  let name = "store"
  let store: any TimerStore

  func check() async -> HealthReport {
    let begun = SystemClock.monotonic()
    do {
      _ = try await store.timers([TimerKey(groupID: "health", timerID: "check")])
      return HealthReport(.ok, latency: SystemClock.monotonic() - begun)
    } catch {
      return HealthReport(.down, detail: "\(error)")
    }
  }
}
