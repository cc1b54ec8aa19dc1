package import Foundation

/// The tests' Python environment, which `make test-deps` makes.
package enum PythonTools {
  /// The path of one of its programs.
  package static func path(_ program: String) -> String {
    root.appending(path: ".venv/bin/\(program)").path
  }

  /// The package's folder.
  package static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

  /// Runs a Python program and returns what it prints.
  ///
  /// - Throws: with its output if it fails.
  package static func run(_ program: String, _ arguments: [String]) async throws -> String {
    try await Shell.run([path("python"), "-c", program] + arguments)
  }
}
