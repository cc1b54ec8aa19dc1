import Glibc

/// Writes for people: data goes to standard output, messages go here.
enum Console {
  /// Writes one line to standard error.
  static func error(_ text: String) { raw(text + "\n") }

  /// Replaces the last line on a terminal.
  static func progress(_ text: String) { raw("\r\(text)\u{1B}[K") }

  private static func raw(_ text: String) {
    let bytes = Array(text.utf8)
    // Nothing can be done about a closed standard error.
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
