import Foundation
import Synchronization

/// A real `prometheus` on a free port of 127.0.0.1 that scrapes and evaluates rules several times a second.
package final class PrometheusServer: Sendable {
  /// A series at one moment.
  package struct Sample: Sendable {
    /// Its labels, its name among them.
    package let labels: [String: String]
    package let value: Double
  }

  /// A command that failed, with its output.
  package struct Failed: Error { let output: String }

  private let port: Int
  private let folder: URL
  private let process: ServerProcess

  /// Starts one that scrapes the given ports of 127.0.0.1 as the job `timerd`, and returns when it answers.
  package static func start(scraping ports: [Int], rules: String) async throws -> PrometheusServer {
    let server = try PrometheusServer(scraping: ports, rules: rules)
    try await eventually("prometheus") { (try? await server.query("vector(1)"))?.count == 1 }
    return server
  }

  private init(scraping ports: [Int], rules: String) throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-prometheus-\(UUID().uuidString)")
    let data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let targets = ports.map { "\"127.0.0.1:\($0)\"" }.joined(separator: ", ")
    let configuration = """
      global: {scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}
      rule_files: [rules.yml]
      scrape_configs: [{job_name: timerd, static_configs: [{targets: [\(targets)]}]}]
      """
    let file = folder.appending(path: "prometheus.yml")
    try configuration.write(to: file, atomically: true, encoding: .utf8)
    try rules.write(to: folder.appending(path: "rules.yml"), atomically: true, encoding: .utf8)
    for given in [data, folder] { try ServerProcess.giveAway(given) }
    process = try ServerProcess(
      [
        "prometheus", "--config.file=\(file.path)", "--storage.tsdb.path=\(data.path)",
        "--web.listen-address=127.0.0.1:\(port)",
      ], log: folder.appending(path: "log"))
  }

  deinit {
    process.stop(SIGKILL)
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// Evaluates an expression now.
  package func query(_ expression: String) async throws -> [Sample] {
    let text = try await Self.promtool([
      "query", "instant", "--format=json", "http://127.0.0.1:\(port)", expression,
    ])
    let rows = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
    return rows.map { row in
      let value = (row["value"] as? [Any])?.last as? String
      return Sample(
        labels: row["metric"] as? [String: String] ?? [:], value: value.flatMap { Double($0) } ?? .nan)
    }
  }

  /// Runs `promtool` to its end, on a thread of its own, and returns what it printed.
  package static func promtool(_ arguments: [String], input: [UInt8]? = nil) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try runBlocking(arguments, input) })
      }
    }
  }

  private static func runBlocking(_ arguments: [String], _ input: [UInt8]?) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["promtool"] + arguments
    let (output, source) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = output
    process.standardInput = source
    try process.run()
    Thread.detachNewThread {
      // A program that has ended reads no more, and has said why.
      try? source.fileHandleForWriting.write(contentsOf: Data(input ?? []))
      try? source.fileHandleForWriting.close()
    }
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(output: text) }
    return text
  }
}
