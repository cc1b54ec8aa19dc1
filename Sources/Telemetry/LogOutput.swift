import Glibc
public import Logging
import TimerModel

/// Where log lines go: standard error, one write per line, so that lines of several threads never mix.
public enum LogOutput {
  /// In which form entries are written.
  public enum Format: String, Sendable, CaseIterable {
    /// JSON unless standard error is a terminal.
    case auto
    /// One JSON object per line.
    case json
    /// For people.
    case text
  }

  /// Makes all loggers of the process write in `format` from `level` on. To be called once.
  public static func bootstrap(level: Logger.Level, format: Format) {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let isColoured = isTerminal && !wantsNoColour
    LoggingSystem.bootstrap { label -> any LogHandler in
      if format == .text || (format == .auto && isTerminal) {
        return ConsoleLogHandler(label: label, level: level, isColoured: isColoured)
      }
      return JSONLogHandler(label: label, level: level)
    }
  }

  /// Set, and not to an empty text (no-color.org).
  private static var wantsNoColour: Bool { getenv("NO_COLOR").map { $0.pointee != 0 } ?? false }

  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  static func write(_ line: [UInt8]) {
    let bytes = line + [0x0a]
    // What cannot be written is lost: there is no other place to complain to.
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
