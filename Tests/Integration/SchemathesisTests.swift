import Foundation
import Testing

extension ProcessTests {
  /// A tool that knows only `api.yaml` tries the server.
  @Suite(.serialized) struct SchemathesisTests {
    @Test(.timeLimit(.minutes(5)))
    func schemathesisFindsNothing() async throws {
      let service = try ServiceProcess()
      try service.start()
      let tool = Self.root.appending(path: ".venv/bin/schemathesis")
      try #require(FileManager.default.isExecutableFile(atPath: tool.path), "make test-deps installs it")
      let seed = UInt32.random(in: 0...UInt32.max)
      let (status, output) = try await Self.run(
        tool,
        [
          "--config-file", Self.root.appending(path: "Tests/Integration/schemathesis.toml").path, "run",
          Self.root.appending(path: "api.yaml").path, "--url", "http://127.0.0.1:\(service.port)",
          "--max-examples", "50", "--continue-on-failure", "--seed", "\(seed)",
        ], in: service.folder)
      #expect(status == 0, "\(output)")
      #expect(service.stop() == 0)
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// Runs a program to its end, on a thread that may block.
    private static func run(
      _ program: URL, _ arguments: [String], in folder: URL
    ) async throws -> (status: Int32, output: String) {
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Result {
              let process = Process()
              process.executableURL = program
              process.arguments = arguments
              process.currentDirectoryURL = folder
              let pipe = Pipe()
              process.standardOutput = pipe
              process.standardError = pipe
              try process.run()
              let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
              process.waitUntilExit()
              return (process.terminationStatus, String(decoding: output, as: UTF8.self))
            })
        }
      }
    }
  }
}
