import Logging
import NodeRuntime

/// The handler of the process's loggers: it follows the level of the process, and leaves out what repeats itself.
struct ProcessLogHandler: LogHandler {
  private var base: any LogHandler
  private var ownLevel: Logger.Level?

  init(_ base: any LogHandler) { self.base = base }

  /// The process's level, unless this logger was given its own.
  var logLevel: Logger.Level {
    get { ownLevel ?? LogOutput.level }
    set { ownLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { base.metadata }
    set { base.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { base[metadataKey: key] }
    set { base[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    guard event.level >= .warning else { return base.log(event: event) }
    switch LogOutput.sampler.decide("\(event.message)", atNanoseconds: SystemClock.monotonicNanoseconds()) {
    case .suppress: LogOutput.suppressedOne()
    case .write(suppressed: 0): base.log(event: event)
    case .write(let suppressed):
      var event = event
      event.metadata = (event.metadata ?? [:]).merging([LogKey.suppressed: "\(suppressed)"]) { $1 }
      base.log(event: event)
    }
  }
}
