import Foundation

/// What is said while it runs, on stderr; data goes to stdout.
enum Progress {
  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
