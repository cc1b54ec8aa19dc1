import Foundation
import TestSupport

/// A real `timerd` on a port of 127.0.0.1, with its store in a temporary directory.
final class ServiceProcess {
  let port: Int
  let folder: URL
  private let arguments: [String]
  private let environment: [String: String]
  private let logsToFile: Bool
  private let hosts: URL?
  private var process: Process?

  /// Creates one that is not running yet; `arguments` follow those that every test needs. Without a `store` it has its own.
  /// Without a `logLevel` it takes that of its settings, and logs into the file `log`. It reads `hosts` instead of `/etc/hosts`.
  init(
    _ arguments: [String] = [], environment: [String: String] = [:], store: String? = nil,
    logLevel: String? = "error", hosts: URL? = nil
  ) throws {
    port = LocalPort.free()
    folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    self.arguments =
      [
        "serve", "--listen", "127.0.0.1:\(port)", "--store",
        store ?? "sqlite:\(folder.appending(path: "t.db").path)",
        "--callback-allow-networks", "127.0.0.0/8",
      ] + (logLevel.map { ["--log-level", $0] } ?? []) + arguments
    logsToFile = logLevel == nil
    self.hosts = hosts
    self.environment = environment
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)  // What remains is in the temporary directory.
  }

  /// Starts the process and returns when it is ready.
  func start() throws {
    let process = Process()
    let command = command
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    // What the caller's environment sets for a service of its own is not for this one. A callback that took the proxy, where
    // nobody listens, would fail its test.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TIMERD_") }
      .merging(["http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"]) { $1 }
      // Nobody balances here; the tests of the delay set it.
      .merging(["TIMERD_SHUTDOWN_DELAY": "0ms"]) { $1 }
      .merging(environment) { $1 }
    if logsToFile {
      // A second start goes on in the same file.
      if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
      let file = try FileHandle(forWritingTo: log)
      try file.seekToEnd()
      process.standardError = file
    }
    try process.run()
    self.process = process
    let deadline = Date().addingTimeInterval(30)
    while (try? WireConnection(port: port).answer(to: WireRequest("GET", "/readyz")))?.status != 200 {
      guard Date() < deadline, process.isRunning else { throw NotReady() }
      usleep(10_000)  // It says only by answering that it is ready.
    }
  }

  /// The program and its arguments. Each program in front of `timerd` ends by becoming the next, so that signals reach it.
  private var command: [String] {
    guard let hosts else { return [Self.executable.path] + arguments }
    let namespace = ["/usr/bin/unshare", "--mount"] + (geteuid() == 0 ? [] : ["--map-root-user"])
    let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\""
    return namespace + ["/bin/sh", "-c", script, hosts.path, Self.executable.path] + arguments
  }

  /// Kills it at once, as a power cut would.
  func kill() {
    guard let process, process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The path of its log, if it was given no level.
  var log: URL { folder.appending(path: "log") }

  /// Sends it a signal.
  func signal(_ number: Int32) {
    if let process { Foundation.kill(process.processIdentifier, number) }
  }

  /// Lets it stand still, as a long pause of the machine would, or go on.
  func pause(_ pauses: Bool) {
    if let process { Foundation.kill(process.processIdentifier, pauses ? SIGSTOP : SIGCONT) }
  }

  /// Asks it to stop and waits for its end.
  func stop() -> Int32 {
    process?.terminate()
    process?.waitUntilExit()
    return process?.terminationStatus ?? -1
  }

  struct NotReady: Error {}

  /// The product lies beside the test bundle.
  static var executable: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "timerd")
  }
}
