import Foundation

/// Writes progress to stderr; data goes to stdout.
enum Progress {
  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
