package import Logging
import Synchronization

/// Keeps whatever is logged, of every level.
package final class RecordedLog: Sendable {
  /// One line.
  package struct Entry: Sendable {
    package let level: Logger.Level
    package let message: String
    /// Its metadata.
    package let fields: [String: String]
    /// All of it, to look for what must not be there.
    package var text: String { "\(level) \(message) \(fields)" }
  }

  private let state = Mutex<[Entry]>([])

  /// Creates an empty log.
  package init() {}

  /// The lines so far.
  package var entries: [Entry] { state.withLock(\.self) }

  /// A logger that writes here.
  package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: RecordedLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
      log.state.withLock { $0.append(Entry(level: event.level, message: "\(event.message)", fields: fields)) }
    }
  }
}
