import Glibc
package import Logging
import NodeRuntime
import Synchronization
import TimerModel

/// Writes log lines to standard error, one write per line, so that lines of several threads never mix.
package enum LogOutput {
  /// In which form entries are written.
  package enum Format: String, Sendable, CaseIterable {
    /// JSON unless standard error is a terminal.
    case auto
    /// One JSON object per line.
    case json
    /// One line per entry for people; coloured on a terminal, unless `NO_COLOR` is set.
    case text
  }

  /// Sets the format and level of all loggers of the process. Call it once.
  package static func bootstrap(level: Logger.Level, format: Format) {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let isColoured = isTerminal && !wantsNoColour
    self.level = level
    LoggingSystem.bootstrap { label -> any LogHandler in
      if format == .text || (format == .auto && isTerminal) {
        return ProcessLogHandler(ConsoleLogHandler(label: label, level: level, isColoured: isColoured))
      }
      return ProcessLogHandler(JSONLogHandler(label: label, level: level))
    }
  }

  static let sampler = LogSampler()
  private static let shared = Atomic(3)
  private static let suppressed = Mutex<Count?>(nil)

  /// From which level on the process's loggers write. May be changed at any time.
  package static var level: Logger.Level {
    get { Logger.Level.allCases[shared.load(ordering: .relaxed)] }
    set { shared.store(Logger.Level.allCases.firstIndex(of: newValue) ?? 0, ordering: .relaxed) }
  }

  /// Counts entries that repeat others and are left out, from now on.
  package static func countSuppressed(_ instruments: Instruments) {
    suppressed.withLock { $0 = instruments.count(.logSuppressed) }
  }

  static func suppressedOne() { suppressed.withLock { $0 }?.add() }

  /// Set, and not to an empty text (no-color.org).
  private static var wantsNoColour: Bool { getenv("NO_COLOR").map { $0.pointee != 0 } ?? false }

  static func now() -> Timestamp { SystemClock().now().store }

  static func write(_ line: [UInt8]) {
    let bytes = line + [0x0a]
    // What cannot be written is lost: there is no other place to complain to.
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
