import NodeRuntime
import Synchronization
package import TimerModel

/// Tells of logs that were not as the store remembers them, for a day.
package final class CommandLogHealth: HealthCheck {
  package let name = "kafka-commands"

  private struct Entry {
    var incident: LogIncident
    var at: MonotonicInstant
  }

  private let clock: any NodeClock
  private let entries = Mutex<[Entry]>([])

  /// The time for which an incident is reported.
  private static let memory = Duration.seconds(86_400)
  /// The maximum number of incidents that are kept; older ones are forgotten.
  private static let limit = 100

  /// Creates a check that knows of nothing.
  package init(clock: any NodeClock) { self.clock = clock }

  /// Keeps an incident for a day, if an operator must look at it.
  package func record(_ incident: LogIncident) {
    guard incident.needsAttention else { return }
    let at = clock.now().monotonic
    entries.withLock { entries in
      entries.append(Entry(incident: incident, at: at))
      if entries.count > Self.limit { entries.removeFirst() }
    }
  }

  /// Is degraded where an operator must look.
  package func check() async -> HealthReport {
    let now = clock.now().monotonic
    let entries = entries.withLock { entries in
      entries.removeAll { now - $0.at > Self.memory }
      return entries
    }
    guard let last = entries.last else { return HealthReport(.ok) }
    let lost = entries.reduce(into: Int64(0)) { $0 = $0.addingSaturated($1.incident.lostRecords) }
    let others = entries.count > 1 ? " (\(entries.count) incidents within a day, \(lost) commands lost)" : ""
    let age = (now - last.at).components.seconds
    return HealthReport(.degraded, detail: "\(age)s ago: \(last.incident)\(others)")
  }
}
