import JSONBytes
package import Logging
package import TimerModel
import TimerWire

/// Writes each log entry as one JSON object on a line of standard error.
package struct JSONLogHandler: LogHandler {
  /// The minimum level of entries that are written.
  package var logLevel: Logger.Level
  /// Fields of every entry.
  package var metadata: Logger.Metadata = [:]

  package init(label: String, level: Logger.Level) {
    logLevel = level
  }

  /// A field of every entry.
  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one entry to standard error, as a JSON object on one line.
  package func log(event: LogEvent) { LogOutput.write(line(event, at: LogOutput.now())) }

  /// One entry as it is written, without the line's end.
  package func line(_ event: LogEvent, at time: Timestamp) -> [UInt8] {
    let fields = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
    var json = JSONWriter()
    json.object { json in
      json.member("time", time)
      json.member("level", event.level.rawValue)
      json.member("message", "\(event.message)")
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        json.name(text: key)
        json.string("\(value)")
      }
    }
    return json.finish()
  }
}
