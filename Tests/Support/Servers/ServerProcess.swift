import Foundation
import Synchronization

/// A server as a child process that does not run as root, and that ends with the test process.
final class ServerProcess: Sendable {
  private static let running = Mutex<Set<Int32>>([])
  private static let endsWithTests = atexit {
    for pid in ServerProcess.running.withLock({ $0 }) { kill(pid, SIGKILL) }
  }

  private let process: Mutex<Process>
  let pid: Int32

  /// Starts `command`, whose output goes to the file `log`; as this user where the server does not mind, and files are there.
  init(
    _ command: [String], log: URL, environment: [String: String] = [:], asThisUser: Bool = false
  ) throws {
    _ = Self.endsWithTests
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let output = try FileHandle(forWritingTo: log)
    try output.seekToEnd()
    let started = try Self.start(command, output, environment, asThisUser: asThisUser)
    pid = started.processIdentifier
    process = Mutex(started)
    _ = Self.running.withLock { [pid] in $0.insert(pid) }
  }

  /// True if it runs.
  var isRunning: Bool { process.withLock { $0.isRunning } }

  /// Runs a command to its end.
  static func run(_ command: [String]) throws {
    let process = try start(command, FileHandle.nullDevice)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(command: command[0]) }
  }

  /// Sends `signal` and waits for the end.
  func stop(_ signal: Int32) {
    // Its children first where it is killed: nobody else would end them at once.
    if signal == SIGKILL { for child in children { kill(child, SIGKILL) } }
    kill(pid, signal)
    process.withLock { $0.waitUntilExit() }
    _ = Self.running.withLock { $0.remove(pid) }
  }

  /// Gives files to the user that servers run as.
  static func giveAway(_ folder: URL) throws {
    guard getuid() == 0 else { return }
    try FileManager.default.setAttributes([.ownerAccountName: user], ofItemAtPath: folder.path)
  }

  struct Failed: Error { let command: String }

  private static let user = "postgres"

  private static func start(
    _ command: [String], _ output: FileHandle, _ environment: [String: String] = [:], asThisUser: Bool = false
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let asUser =
      getuid() == 0 && !asThisUser ? ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] : []
    process.arguments = asUser + command
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
    process.currentDirectoryURL = URL(filePath: "/")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    return process
  }

  private var children: [Int32] {
    let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return ids.compactMap { Int32($0) }.filter { id in
      // A process that has ended meanwhile has no file.
      guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && Int32(fields[1]) == pid
    }
  }
}
