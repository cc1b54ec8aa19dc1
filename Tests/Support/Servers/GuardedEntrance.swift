import Foundation

/// Stands before a broker that knows neither TLS nor SASL, and speaks both for it: `kafka-proxy` as a process of its own.
final class GuardedEntrance: KafkaEntrance {
  let port: Int
  /// The certificate that clients are to trust.
  let certificate: URL
  private let process: ServerProcess
  private let folder: URL

  /// Starts it before `target`, a port of 127.0.0.1, and returns when it listens.
  init(to target: Int, _ rule: KafkaGuard) async throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-kafka-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try SelfSignedCertificate.make(in: folder, for: rule.name)
    certificate = folder.appending(path: SelfSignedCertificate.fileName)
    let log = folder.appending(path: "log")
    process = try ServerProcess(
      [
        PythonTools.path("python"), PythonTools.root.appending(path: "Tests/Support/Kafka/kafka-proxy").path,
        "\(port)",
        "\(target)", "--certificate", certificate.path, "--key",
        folder.appending(path: SelfSignedCertificate.keyFileName).path, "--mechanism", rule.mechanism,
        "--user", rule.user,
      ], log: log, environment: ["KAFKA_PROXY_PASSWORD": rule.password], asThisUser: true)
    try await eventually("the guarded entrance on port \(port)") { [port, process] in
      guard process.isRunning else {
        throw ServerStartProblem(description: (try? String(contentsOf: log, encoding: .utf8)) ?? "it ended")
      }
      return LocalPort.isListening(port)
    }
  }

  deinit {
    process.stop(SIGKILL)
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }
}
