public import Logging
import TimerModel

/// Writes each log entry as one JSON object on a line of standard error.
public struct JSONLogHandler: LogHandler {
  /// What is written at all.
  public var logLevel: Logger.Level
  /// Fields of every entry.
  public var metadata: Logger.Metadata = [:]
  private let label: String

  /// Makes a handler.
  public init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  /// A field of every entry.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one entry.
  public func log(event: LogEvent) {
    var json = JSONWriter()
    json.object { json in
      json.name("time")
      json.timestamp(LogOutput.now())
      json.name("level")
      json.string(event.level.rawValue)
      json.name("message")
      json.string("\(event.message)")
      for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
        $0.key < $1.key
      }) {
        json.name(text: key)
        json.string("\(value)")
      }
    }
    LogOutput.write(json.bytes)
  }
}
