import Logging
import Synchronization

/// Keeps every line that is logged, with its metadata.
final class LogLines: Sendable {
  private let kept = Mutex<[String]>([])

  /// Makes an empty log.
  init() {}

  /// The lines so far.
  var all: [String] { kept.withLock(\.self) }

  /// A logger that writes here, whatever the level.
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: LogLines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      log.kept.withLock { $0.append("\(event.level) \(event.message) \(all)") }
    }
  }
}
