import Foundation

/// A real OTLP collector, `rotel`, on free ports of 127.0.0.1, that writes what it gets into its log.
package final class OTLPCollector: Sendable {
  /// The address for traces, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it.
  package let endpoint: String
  private let folder: URL
  private let process: ServerProcess

  /// Starts one and returns when it listens.
  package static func start() async throws -> OTLPCollector {
    let (http, grpc) = (LocalPort.free(), LocalPort.free())
    let collector = try OTLPCollector(http: http, grpc: grpc)
    try await eventually("the OTLP collector") { LocalPort.isListening(http) }
    return collector
  }

  private init(http: Int, grpc: Int) throws {
    endpoint = "http://127.0.0.1:\(http)"
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-otlp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try ServerProcess.giveAway(folder)
    process = try ServerProcess(
      [
        "env", "ROTEL_EXPORTER=blackhole", "HOME=\(folder.path)", Self.program.path, "start",
        "--pid-file", folder.appending(path: "pid").path, "--otlp-http-endpoint", "127.0.0.1:\(http)",
        "--otlp-grpc-endpoint", "127.0.0.1:\(grpc)", "--debug-log", "traces", "--debug-log-verbosity",
        "detailed",
      ], log: folder.appending(path: "log"))
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// Kills it at once.
  package func kill() { process.stop(SIGKILL) }

  /// The collector's log of what it received.
  package var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

  /// The wheel has the program among its modules, below the version of Python that it was installed for.
  private static var program: URL {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
    let libraries = root.appending(path: ".venv/lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    let candidates = versions.map {
      libraries.appending(path: $0).appending(path: "site-packages/rotel/rotel-agent")
    }
    return candidates.first { FileManager.default.fileExists(atPath: $0.path) } ?? libraries
  }
}
