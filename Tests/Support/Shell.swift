import Foundation

/// Runs commands to their end.
package enum Shell {
  /// Runs a command on a thread of its own, and returns what it prints, without white space around it.
  ///
  /// - Throws: `ShellProblem` if it ends with another status than 0.
  package static func run(_ command: [String]) async throws -> String {
    try await onThread { try runBlocking(command) }
  }

  private static func runBlocking(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard process.terminationStatus == 0 else {
      throw ShellProblem(description: "\(command.joined(separator: " ")): \(text)")
    }
    return text
  }
}

/// A command failed.
package struct ShellProblem: Error, CustomStringConvertible {
  /// The command, and what it printed.
  package let description: String
}
