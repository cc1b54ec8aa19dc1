import Foundation
import TestSupport
import Testing

extension ProcessTests {
  /// `timerd bench` against a running service.
  @Suite struct BenchTests {
    @Test(.timeLimit(.minutes(1)))
    func benchAccountsForEveryTimer() async throws {
      let service = try ServiceProcess()
      try service.start()
      let (status, output) = try await Self.bench(
        "--target", "http://127.0.0.1:\(service.port)/", "--rate", "200", "--duration", "1s", "--lead", "1s")
      #expect(status == 0)
      let report = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
      for (name, count) in ["created": 200, "fired": 200, "lost": 0, "early": 0, "doubled": 0] {
        #expect(report[name] as? Int == count, "\(name)")
      }
      #expect(service.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func unansweredRequestsFailBench() async throws {
      let (status, output) = try await Self.bench(
        "--target", "http://127.0.0.1:1", "--rate", "10", "--duration", "1s", "--lead", "1s", "--patience",
        "1ms")
      #expect(status == 1)
      let report = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
      #expect(report["unanswered"] as? Int == 10)
    }

    private static func bench(_ arguments: String...) async throws -> (status: Int32, output: Data) {
      let process = Process()
      process.executableURL = ServiceProcess.executable
      process.arguments = ["bench", "--json"] + arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      return await onThread {
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, output)
      }
    }
  }
}
