import Synchronization
import TimerModel

/// The last error of each dependency.
final class LastErrors: Sendable {
  struct Entry: Sendable {
    let text: String
    let age: Duration
  }

  private let errors = Mutex<[String: (text: String, at: ContinuousClock.Instant)]>([:])

  /// Takes note of a report.
  ///
  /// - Returns: what was wrong before, if nothing is now; its age in whole seconds.
  func after(_ report: HealthReport, of name: String) -> Entry? {
    errors.withLock { errors in
      guard report.condition == .ok else {
        errors[name] = (report.detail ?? report.condition.rawValue, .now)
        return nil
      }
      return errors[name].map { error in
        Entry(text: error.text, age: .seconds((ContinuousClock.now - error.at).components.seconds))
      }
    }
  }
}
