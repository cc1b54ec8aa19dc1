import Synchronization
import TimerModel
import TimerTesting

/// A store that keeps no offsets, and that can apply commands without ever saying so.
final class PlainStore: ForwardingTimerStore {
  let base: InMemoryTimerStore
  private let keys = Mutex<[String]>([])
  private let silentAt = Mutex<String?>(nil)

  init(_ base: InMemoryTimerStore) { self.base = base }

  /// The timers of all commands that were applied, in order.
  var applied: [String] { keys.withLock(\.self) }

  /// From the batch with a command for this timer on, applies commands and gives no answer until its caller is cancelled.
  func fallSilent(at timerID: String?) { silentAt.withLock { $0 = timerID } }

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let results = await base.apply(commands)
    keys.withLock { $0 += commands.map(\.key.timerID) }
    if silentAt.withLock({ last in commands.contains { $0.key.timerID == last } }) {
      try await Task.sleep(for: .seconds(3600))  // Until it is cancelled, as all that a killed node does.
    }
    return results
  }
}
