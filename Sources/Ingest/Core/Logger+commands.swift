package import Logging
import Telemetry
package import TimerModel

extension Logger {
  /// Writes a line for each timer that commands have changed.
  package func log(_ results: [CommandResult]) {
    guard logLevel <= .debug else { return }
    for result in results {
      switch result {
      case .created(let timer): debug("timer created", metadata: .fields(timer))
      case .updated(let timer): debug("timer updated", metadata: .fields(timer))
      case .cancelled(let timer): debug("timer cancelled", metadata: .fields(timer))
      case .repeated, .unchanged, .rejected: break
      }
    }
  }
}

extension Logger.Metadata {
  /// Returns the fields that identify a timer, its firing, and the trace that created it.
  fileprivate static func fields(_ timer: Timer) -> Logger.Metadata {
    var fields = Logger.Metadata.timer(timer.key)
    fields[LogKey.firingID] = "\(timer.firingID)"
    if let trace = timer.traceContext.flatMap({ SpanContext($0) })?.traceID {
      fields[LogKey.traceID] = "\(trace)"
    }
    return fields
  }
}
