import CLoad
import Foundation

/// A `timerd` with its default settings, but for where its store and index are and that it may call this machine.
final class TimerdProcess {
  let port: Int
  /// From the start of the process until it was ready.
  let secondsToReadiness: Double
  private let process: ChildProcess

  init(
    _ executable: String, store: String, index: String, more: [String] = [],
    environment: [String: String] = [:],
    log: URL
  ) throws {
    port = try FreePort.any()
    let start = bench_wall_us()
    process = try ChildProcess(
      // `env` starts it and sets its variables.
      environment.map { "\($0)=\($1)" } + [
        executable, "serve", "--listen", "127.0.0.1:\(port)", "--store", store, "--index", index,
        "--callback-allow-networks", "127.0.0.0/8",
      ] + more, log: log)
    try Waiting.until("timerd is ready; see \(log.path)", within: 60, every: 2_000) { [port] in
      var body = [CChar](repeating: 0, count: 256)
      return bench_get(Int32(port), "/readyz", &body, 256) == 200
    }
    secondsToReadiness = Double(bench_wall_us() - start) / 1e6
  }

  /// The state of a timer, as its client sees it.
  func timer(_ id: String) throws -> [String: Any] {
    let data = try get("/groups/bench/timers/\(id)")
    guard let timer = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw BenchError("the timer \(id) is not an object")
    }
    return timer
  }

  /// The value of a metric without labels.
  func metric(_ name: String) throws -> Double {
    let line = String(decoding: try get("/metrics"), as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("\(name) ")
    }
    guard let value = line.flatMap({ Double($0.dropFirst(name.count + 1)) }) else {
      throw BenchError("there is no metric \(name)")
    }
    return value
  }

  private func get(_ path: String) throws -> Data {
    var body = [CChar](repeating: 0, count: 1 << 18)
    let status = bench_get(Int32(port), path, &body, Int32(body.count))
    guard status == 200 else { throw BenchError("\(path) was answered with \(status)") }
    return Data(body.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
  }

  func cpuSeconds() -> Double { process.cpuSeconds() }
  func residentBytes() -> Int { process.residentBytes() }
  /// The most that was resident since its start, in bytes.
  func peakBytes() -> Int { process.peakBytes() }
  /// Returns the number of context switches of its threads.
  func contextSwitches() -> Double { process.contextSwitches() }
  func stop() { process.stop() }
}
