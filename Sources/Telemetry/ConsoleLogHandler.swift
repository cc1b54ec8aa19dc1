package import Logging
package import TimerModel

/// Writes log entries for people who watch a terminal.
package struct ConsoleLogHandler: LogHandler {
  /// The minimum level of entries that are written.
  package var logLevel: Logger.Level
  /// Fields of every entry.
  package var metadata: Logger.Metadata = [:]
  private let isColoured: Bool

  package init(label: String, level: Logger.Level, isColoured: Bool) {
    logLevel = level
    self.isColoured = isColoured
  }

  /// A field of every entry.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one entry to standard error, on one line.
  package func log(event: LogEvent) { LogOutput.write(line(event, at: LogOutput.now())) }

  /// One entry as it is written, without the line's end.
  package func line(_ event: LogEvent, at time: Timestamp) -> [UInt8] {
    let fields = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
      .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let level = event.level.rawValue.uppercased()
    let (on, off) =
      isColoured ? (event.level >= .warning ? "\u{1b}[33m" : "\u{1b}[36m", "\u{1b}[0m") : ("", "")
    return Array("\(time.rfc3339) \(on)\(level)\(off) ".utf8) + Self.printable("\(event.message)\(fields)")
  }

  /// A line break or an escape sequence inside a value must not look like another entry, or move the cursor.
  private static func printable(_ text: String) -> [UInt8] {
    text.utf8.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }
  }
}
