import StepRunner
import Synchronization
public import TimerModel

/// How the index in Redis is: well or degraded, never down, since timers fire without it.
public struct RedisIndexHealth: HealthCheck {
  /// The check's name.
  public let name = "index"
  private let index: RedisTimerIndex

  /// Makes a check of `index`.
  public init(index: RedisTimerIndex) { self.index = index }

  /// Asks every server that holds a shard; answers within the time of an operation.
  public func check() async -> HealthReport {
    let begun = SystemClock.monotonicMicroseconds()
    do {
      let shards = index.markers.withLock(\.known)
      let replies = try await index.loop.send(
        Set((shards.isEmpty ? [0] : shards).map { index.keys.slot($0) }).map {
          RoutedCommand(slot: $0, ["PING"])
        })
      for case .error(let text) in replies { throw IndexError(reply: text) }
      let latency = Duration.microseconds(SystemClock.monotonicMicroseconds() - begun)
      return HealthReport(.ok, detail: index.loop.warning.withLock(\.self), latency: latency)
    } catch {
      let latency = Duration.microseconds(SystemClock.monotonicMicroseconds() - begun)
      return HealthReport(.degraded, detail: "\(error)", latency: latency)
    }
  }
}
