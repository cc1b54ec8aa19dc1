import NodeRuntime
import Synchronization
package import TimerModel

/// The health of the index in Redis: up or degraded, never down, since timers fire without it.
package struct RedisIndexHealth: HealthCheck {
  package let name = "index"
  private let index: RedisTimerIndex

  /// Creates a check of `index`.
  package init(index: RedisTimerIndex) { self.index = index }

  /// Asks every server that holds a shard, by a command that the index needs anyway; answers within the time of an operation. It is
  /// degraded as well while an operation fails in a way that waiting will not help.
  package func check() async -> HealthReport {
    let begun = SystemClock.monotonic()
    do {
      let shards = index.markers.withLock(\.known)
      let replies = try await index.loop.send(
        Dictionary(
          (shards.isEmpty ? [0] : shards).map { (index.keys.slot($0), $0) },
          uniquingKeysWith: { first, _ in first }
        ).map { index.command($1, ["ZCARD", index.keys.due($1)]) })
      for case .error(let text) in replies where !RedisTimerIndex.isWrongType(text) {
        throw IndexError(reply: text)
      }
      if let error = index.permanentErrors.withLock(\.values.first) { throw error }
      let latency = SystemClock.monotonic() - begun
      return HealthReport(.ok, detail: index.loop.warnings.withLock(\.text), latency: latency)
    } catch {
      let latency = SystemClock.monotonic() - begun
      return HealthReport(.degraded, detail: "\(error)", latency: latency)
    }
  }
}
