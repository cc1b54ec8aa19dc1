package import Foundation
import Synchronization

/// A real `redis-server` on a free port of 127.0.0.1, with its files in a temporary directory.
package final class RedisServer: Sendable {
  package let port: Int
  /// The folder of its files; `dump.rdb` after `SAVE`.
  package let folder: URL
  private let arguments: [String]
  private let password: String?
  private let process = Mutex<Process?>(nil)

  /// Starts a server and returns when it answers; `arguments` are those of `redis-server`.
  package static func start(_ arguments: [String] = [], password: String? = nil) async throws -> RedisServer {
    let login = password.map { ["--requirepass", $0] } ?? []
    let server = try RedisServer(["--save", ""] + login + arguments, password: password)
    try await server.start()
    return server
  }

  /// Starts a Sentinel, which keeps what it learns in a file that begins with `configuration`.
  static func startSentinel(_ configuration: String) async throws -> RedisServer {
    let server = try RedisServer(["--sentinel"], password: nil)
    try configuration.write(to: server.configuration, atomically: true, encoding: .utf8)
    try await server.start()
    return server
  }

  private init(_ arguments: [String], password: String?) throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-redis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.arguments = arguments
    self.password = password
    try "".write(to: configuration, atomically: true, encoding: .utf8)
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  private var configuration: URL { folder.appending(path: "redis.conf") }

  /// Its address, without user or options.
  package var url: String { "redis://127.0.0.1:\(port)" }

  /// The path of its Unix socket.
  package var socketPath: String { folder.appending(path: "s").path }

  /// Starts it, again after `kill`, and returns when it answers.
  package func start() async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "redis-server", configuration.path, "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path,
        "--unixsocket", socketPath, "--logfile", folder.appending(path: "log").path,
      ] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process.withLock { $0 = process }
    try await eventually("redis-server on port \(port)") {
      guard process.isRunning else { throw ServerStartProblem(description: "redis-server ended: \(log)") }
      return (try? await command("PING")) == "PONG"
    }
  }

  /// Kills it at once.
  package func kill() { signal(SIGKILL, waits: true) }

  /// Stops it in its tracks; connections stay open.
  package func freeze() { signal(SIGSTOP) }

  /// Lets it go on.
  package func thaw() { signal(SIGCONT) }

  private func signal(_ number: Int32, waits: Bool = false) {
    guard let process = process.withLock(\.self), process.isRunning else { return }
    Foundation.kill(process.processIdentifier, number)
    if waits { process.waitUntilExit() }
  }

  /// Runs a command by `redis-cli` and returns what it prints.
  @discardableResult
  package func command(_ arguments: String...) async throws -> String { try await command(arguments) }

  /// Runs a command by `redis-cli` and returns what it prints.
  @discardableResult
  package func command(_ arguments: [String]) async throws -> String {
    let login = password.map { ["-a", $0, "--no-auth-warning"] } ?? []
    return try await Shell.run(["redis-cli", "-p", "\(port)"] + login + arguments)
  }

  /// The text of its log.
  package var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }
}
