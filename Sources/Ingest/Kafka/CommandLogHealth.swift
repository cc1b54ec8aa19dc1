import StepRunner
import Synchronization
package import TimerModel

/// Tells of logs that were not as the store remembers them, for a day.
package final class CommandLogHealth: HealthCheck {
  /// `kafka-commands`
  package let name = "kafka-commands"

  private struct Note {
    var incident: LogIncident
    /// On the monotonic clock, in microseconds.
    var at: Int64
  }

  private let clock: any NodeClock
  private let notes = Mutex<[Note]>([])

  /// The time for which an incident is reported.
  private static let memory = Duration.seconds(86_400)
  /// The maximum number of incidents that are kept; older ones are forgotten.
  private static let limit = 100

  /// Creates a check that knows of nothing.
  package init(clock: any NodeClock) { self.clock = clock }

  /// Notes an incident.
  package func note(_ incident: LogIncident) {
    guard incident.needsAttention else { return }
    let at = clock.now().monotonicMicroseconds
    notes.withLock { notes in
      notes.append(Note(incident: incident, at: at))
      if notes.count > Self.limit { notes.removeFirst() }
    }
  }

  /// Is degraded where an operator must look.
  package func check() async -> HealthReport {
    let now = clock.now().monotonicMicroseconds
    let notes = notes.withLock { notes in
      notes.removeAll { now - $0.at > Self.memory.microseconds }
      return notes
    }
    guard let last = notes.last else { return HealthReport(.ok) }
    let lost = notes.reduce(into: Int64(0)) { $0 = $0.addingSaturated($1.incident.lostRecords) }
    let others = notes.count > 1 ? " (\(notes.count) incidents within a day, \(lost) commands lost)" : ""
    let age = Duration.microseconds(now - last.at).components.seconds
    return HealthReport(.degraded, detail: "\(age)s ago: \(last.incident)\(others)")
  }
}

extension Int64 {
  /// The sum, or the largest number if it is larger.
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
