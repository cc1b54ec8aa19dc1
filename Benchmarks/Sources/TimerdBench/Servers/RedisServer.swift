import Foundation

/// A Redis that keeps nothing on disk, as the near-term index needs it.
final class RedisServer {
  let port: Int
  private let process: ChildProcess

  init(in folder: URL) throws {
    port = try FreePort.any()
    process = try ChildProcess(
      ["redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
      log: folder.appending(path: "redis.log"))
    try Waiting.until("Redis answers", within: 10) { [port] in
      (try? ChildProcess.run(["redis-cli", "-p", "\(port)", "ping"])) == "PONG\n"
    }
  }

  func address(_ database: Int = 0) -> String { "redis://127.0.0.1:\(port)/\(database)" }

  @discardableResult
  func command(_ arguments: String...) throws -> String {
    try ChildProcess.run(["redis-cli", "-p", "\(port)"] + arguments)
  }

  /// Bytes that its data takes.
  func usedBytes() throws -> Int {
    let line = try command("info", "memory").split(whereSeparator: \.isNewline).first {
      $0.hasPrefix("used_memory:")
    }
    return line.flatMap { Int($0.dropFirst("used_memory:".count)) } ?? 0
  }

  /// Returns how often each command was called since the start, except for those that ask about the server.
  func calls() throws -> [String: Double] {
    var calls: [String: Double] = [:]
    let lines = try command("info", "commandstats").split(whereSeparator: \.isNewline)
    for line in lines where line.hasPrefix("cmdstat_") {
      let name = line.dropFirst("cmdstat_".count).prefix { $0 != ":" }
      let number = line.dropFirst("cmdstat_:calls=".count + name.count).prefix { $0 != "," }
      if name != "info" { calls[String(name)] = Double(number) }
    }
    return calls
  }

  func cpuSeconds() -> Double { process.cpuSeconds() }

  func stop() { process.stop() }
}
