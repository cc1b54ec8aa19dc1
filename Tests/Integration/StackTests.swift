import Foundation
import TestSupport
import Testing

/// `Scripts/stack` and `Scripts/smoke`: what docker-compose runs, without containers.
@Suite struct StackTests {
  @Test func smokeScriptPasses() async throws {
    let (port, kafka) = (LocalPort.free(), LocalPort.free())
    let stack = try Self.start(
      "stack", [ServiceProcess.executable.path],
      [
        "PORT": "\(port)", "SECOND_PORT": "\(LocalPort.free())", "KAFKA_PORT": "\(kafka)",
        "BROKER_PORT": "\(LocalPort.free())",
        "POSTGRES_PORT": "\(LocalPort.free())", "REDIS_PORT": "\(LocalPort.free())",
      ])
    // Told to end it stops all that it has started.
    defer {
      stack.process.terminate()
      stack.process.waitUntilExit()
    }
    let isReady = try await poll {
      try #require(stack.process.isRunning, "the stack ended: \(stack.text)")
      return stack.text.contains("the stack runs")
    }
    try #require(isReady, "\(stack.text)")
    let smoke = try Self.start(
      "smoke", ["--url", "http://127.0.0.1:\(port)", "--kafka", "127.0.0.1:\(kafka)"], [:])
    let status = await onThread {
      smoke.process.waitUntilExit()
      return smoke.process.terminationStatus
    }
    #expect(status == 0, "\(smoke.text)\n\(stack.text)")
    #expect(smoke.text.split(separator: "\n").count { $0.hasPrefix("ok: ") } == 4, "\(smoke.text)")
  }

  /// A script that runs, with what it writes. Foundation's process may be waited for on another thread than its starter's.
  private final class Running: @unchecked Sendable {
    let process = Process()
    let output = FileManager.default.temporaryDirectory.appending(path: "timerd-script-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: output) }

    var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  }

  private static func start(
    _ script: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> Running {
    let running = Running()
    try Data().write(to: running.output)
    let output = try FileHandle(forWritingTo: running.output)
    // A thread of the tests' pool has blocked all signals, which its children would inherit.
    let unblocked = """
      import os, signal, sys
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      os.execv(sys.argv[1], sys.argv[1:])
      """
    running.process.executableURL = URL(filePath: PythonTools.path("python"))
    running.process.arguments =
      ["-c", unblocked, PythonTools.root.appending(path: "Scripts/\(script)").path] + arguments
    running.process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TIMERD_") }
      .merging(environment) { $1 }
    running.process.standardOutput = output
    running.process.standardError = output
    try running.process.run()
    return running
  }
}
