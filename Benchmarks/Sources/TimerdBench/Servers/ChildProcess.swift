import CLoad
import Foundation
import Synchronization

/// A server as a child process, which ends with this one.
final class ChildProcess {
  private static let running = Mutex<Set<Int32>>([])
  private static let endsWithUs: Int32 = atexit {
    for pid in ChildProcess.running.withLock({ $0 }) { kill(pid, SIGKILL) }
  }

  private let process: Process
  let pid: Int32

  /// Starts `command`; `user` is whom it runs as where this process is root.
  init(_ command: [String], log: URL, user: String? = nil) throws {
    _ = Self.endsWithUs
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    process = Self.process(command, user: user)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    pid = process.processIdentifier
    _ = Self.running.withLock { [pid] in $0.insert(pid) }
  }

  /// Runs a command to its end and returns what it printed.
  @discardableResult
  static func run(_ command: [String], user: String? = nil) throws -> String {
    let process = process(command, user: user)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchError("\(command.prefix(2).joined(separator: " ")) failed: \(text.suffix(500))")
    }
    return text
  }

  var isRunning: Bool { process.isRunning }

  func stop(_ signal: Int32 = SIGTERM) {
    kill(pid, signal)
    process.waitUntilExit()
    _ = Self.running.withLock { [pid] in $0.remove(pid) }
  }

  /// CPU seconds of the process and, for servers that fork, of its children, those that have ended included.
  func cpuSeconds() -> Double { bench_process_cpu_seconds(pid) }

  /// Resident memory in bytes.
  func residentBytes() -> Int { bench_process_resident_bytes(pid) }

  /// The most that was resident since its start, in bytes.
  func peakBytes() -> Int { bench_process_peak_bytes(pid) }

  /// Returns the number of context switches of the threads that it has.
  func contextSwitches() -> Double { Double(bench_process_switches(pid)) }

  private static func process(_ command: [String], user: String?) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    var prefix: [String] = []
    if getuid() == 0, let user {
      prefix = ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
    }
    process.arguments = prefix + command
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    process.currentDirectoryURL = URL(filePath: "/")
    process.standardInput = FileHandle.nullDevice
    return process
  }
}
