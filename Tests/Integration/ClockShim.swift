import Foundation

/// The library that gives a process a clock of its own; built once for each run of the tests.
enum ClockShim {
  /// The path of the library, or the reason why it could not be built.
  static let library = Result { try build() }

  struct NotBuilt: Error { let messages: [String] }

  /// Tries the compiler that comes with Swift, then the system's.
  private static func build() throws -> URL {
    // Beside the test bundle, where it goes with all that was built.
    let library = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "clock-shim.so")
    guard let source = Bundle.module.url(forResource: "clock-shim", withExtension: "c") else {
      throw NotBuilt(messages: ["the source is not among the resources"])
    }
    let arguments = ["-shared", "-fPIC", "-O1", "-o", library.path, source.path]
    var messages: [String] = []
    // Without libraries and with Swift's own linker, Swift and the C headers that it needs are all that must be there.
    for (compiler, options) in compilers("clang").map({ ($0, ["-nostdlib", "-fuse-ld=lld"]) })
      + compilers("cc").map({ ($0, []) })
    {
      guard let message = run(compiler, options + arguments) else { return library }
      messages.append(message)
    }
    throw NotBuilt(messages: messages)
  }

  /// The programs of that name on the path, and beside the programs that links on the path point to.
  private static func compilers(_ name: String) -> [URL] {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
      .map { URL(filePath: String($0)) }
    let toolchains = folders.map {
      $0.appending(path: "swift").resolvingSymlinksInPath().deletingLastPathComponent()
    }
    return (folders + toolchains).map { $0.appending(path: name) }
      .filter { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Returns nil, or what went wrong.
  private static func run(_ program: URL, _ arguments: [String]) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.standardError = output
    do { try process.run() } catch { return "\(program.path): \(error)" }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : "\(program.path): \(text)"
  }
}
