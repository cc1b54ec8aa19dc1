import Foundation
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// The log of a real node, and the history of a timer.
  @Suite(.serialized) struct LogTests {
    @Test(.timeLimit(.minutes(1)))
    func reloadChangesLogLevel() async throws {
      let receiver = try await HTTPReceiver.start()
      let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let settings = folder.appending(path: "timerd.yaml")
      try "logLevel: warning\n".write(to: settings, atomically: true, encoding: .utf8)
      let service = try ServiceProcess(["--config", settings.path], logLevel: nil)
      try service.start()
      let client = try TimerClient(service)
      let secret = "\(receiver.url)/p?token=s3cr3t"
      try client.create("quiet", executeAt: WallClock.milliseconds(), url: secret)
      _ = try await client.timerOnceOver("quiet")
      #expect(try Self.entries(service).isEmpty)

      try "logLevel: debug\n".write(to: settings, atomically: true, encoding: .utf8)
      service.signal(SIGHUP)
      #expect(try await poll { try Self.entries(service).contains { $0["log_level"] == "debug" } })
      try client.create(
        "loud", executeAt: WallClock.milliseconds(), url: secret, more: "\"payload\": \"pa550rd\"")
      _ = try await client.timerOnceOver("loud")
      let entries = try Self.entries(service).filter { $0["timer_id"] == "loud" && $0["group_id"] == "g" }
      let messages = entries.map { $0["message"] }
      for message in [
        "timer created", "request answered", "timer claimed", "attempt delivered", "claim settled",
      ] {
        #expect(messages.contains(message), "\(message)")
      }
      let firing = try #require(receiver.callbacks.last?.headers["webhook-id"])
      #expect(entries.first { $0["message"] == "attempt delivered" }?["trace_id"] == firing)
      #expect(entries.first { $0["message"] == "attempt delivered" }?["firing_id"] == firing)
      #expect(entries.first { $0["message"] == "request answered" }?["request_id"] != nil)

      // A file that is of no use changes nothing.
      try "logLevel: loud\n".write(to: settings, atomically: true, encoding: .utf8)
      service.signal(SIGHUP)
      #expect(
        try await poll {
          try Self.entries(service).contains { $0["message"]?.hasPrefix("cannot reload settings") == true }
        })
      let text = try String(contentsOf: service.log, encoding: .utf8)
      #expect(!text.contains("s3cr3t") && !text.contains("pa550rd"))
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func commandPrintsTimeline() async throws {
      let receiver = try await HTTPReceiver.start(status: 500)
      let service = try ServiceProcess(["--node-id", "n"])
      try service.start()
      let client = try TimerClient(service)
      let policy = "\"retryPolicy\": {\"maxAttempts\": 2, \"initialInterval\": \"10ms\"}"
      try client.create("t", executeAt: WallClock.milliseconds(), url: receiver.url, more: policy)
      _ = try await client.timerOnceOver("t")
      let url = "http://127.0.0.1:\(service.port)"
      let (status, text) = try await Self.run(["timers", "get", "g", "t", "--url", url])
      #expect(status == 0)
      let lines = text.split(separator: "\n")
      #expect(lines.count == 7, "\(text)")
      #expect(lines[0].hasPrefix("g/t  dead  firing "))
      #expect(lines[1].contains("  created by a request for "))
      #expect(lines[2].contains(/Z  claimed for attempt 1 by n.[0-9a-f]+$/))
      #expect(lines[3].contains(/Z  attempt 1: failed, status 500, [0-9]+ ms, status 500; again at 2/))
      #expect(lines[4].contains(/Z  claimed for attempt 2 by n.[0-9a-f]+$/))
      #expect(lines[5].contains(/Z  attempt 2: failed, status 500, [0-9]+ ms, status 500; dead$/))
      #expect(lines[6].hasSuffix("  dead"))
      let (_, json) = try await Self.run(["timers", "get", "g", "t", "--json", "--url", url])
      let first = try #require(
        (JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])?["attempts"]
          as? [[String: Any]]
      ).first
      #expect((first?["node"] as? String)?.hasPrefix("n/") == true)
      #expect(first?["nextAttemptAt"] is String)
      #expect(try await Self.run(["timers", "get", "g", "none", "--url", url]).status == 1)
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    private static func entries(_ service: ServiceProcess) throws -> [[String: String]] {
      try String(contentsOf: service.log, encoding: .utf8).split(separator: "\n").compactMap { line in
        // The last line may not be whole yet.
        try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
      }
    }

    private static func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
      try await onThread {
        let process = Process()
        process.executableURL = ServiceProcess.executable
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return (process.terminationStatus, text.trimmingCharacters(in: .newlines))
      }
    }
  }
}
