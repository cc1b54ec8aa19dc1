import Glibc

/// Writes for people: data goes to standard output, messages go here.
enum Console {
  /// Writes one line to standard error.
  static func error(_ text: String) {
    let line = Array((text + "\n").utf8)
    // Nothing can be done about a closed standard error.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
