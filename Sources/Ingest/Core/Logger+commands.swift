public import Logging
import Telemetry
public import TimerModel

extension Logger {
  /// Writes a line for each timer that commands have changed.
  public func log(_ results: [CommandResult]) {
    guard logLevel <= .debug else { return }
    for result in results {
      switch result {
      case .created(let timer): debug("timer created", metadata: .timer(timer.key))
      case .updated(let timer): debug("timer updated", metadata: .timer(timer.key))
      case .cancelled(let timer): debug("timer cancelled", metadata: .timer(timer.key))
      case .repeated, .unchanged, .refused: break
      }
    }
  }
}
