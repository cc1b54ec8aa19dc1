import Foundation
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Receivers that do what they should not.
  @Suite struct HostileReceiverTests {
    /// More than may run at once to one receiver.
    private static let timersPerKind = 200

    @Test(.timeLimit(.minutes(3)))
    func otherTimersStayPunctual() async throws {
      let timeoutSeconds = 8
      let hostile = try await hostileReceivers()
      let good = try await HTTPReceiver.start()
      let service = try ServiceProcess()
      try service.start()
      let client = try TimerClient(service)
      let start = WallClock.milliseconds() + 5000
      for number in 0..<Self.timersPerKind {
        for (kind, url) in hostile.urls.enumerated() {
          try client.create(
            "bad\(kind)-\(number)", executeAt: start + 20 * Int64(number), url: url,
            more: "\"callbackTimeoutSeconds\":\(timeoutSeconds)")
        }
      }
      var acknowledgedAt: [String: Int64] = [:]
      for number in 0..<200 {
        try client.create("good\(number)", executeAt: start + 20 * Int64(number), url: good.url)
        acknowledgedAt["good\(number)"] = WallClock.milliseconds()
      }
      await good.wait { $0.count >= 200 }
      var delays: [Int64] = []
      for callback in good.callbacks {
        let executeAt = try Timestamp(rfc3339: callback.text("executeAt")).milliseconds
        #expect(callback.arrivedAtMilliseconds >= executeAt)
        // What a busy machine created late cannot be on time.
        let due = max(executeAt, acknowledgedAt[callback.timerID] ?? 0)
        delays.append(max(0, callback.arrivedAtMilliseconds - due))
      }
      let lateness = Lateness(delays)
      let hostileTimers = Self.timersPerKind * hostile.urls.count
      print("HostileReceiverTests: 200 timers beside \(hostileTimers) hostile ones: \(lateness)")
      // An attempt that hangs is waited for that long.
      #expect(lateness.max < Int64(timeoutSeconds) * 1000)
      #expect(Set(good.callbacks.map(\.timerID)).count == 200)
      #expect(good.callbacks.count == 200)
      service.kill()
      for receiver in hostile.running { try await receiver.stop() }
      try await good.stop()
    }

    @Test(.timeLimit(.minutes(2)))
    func responsesEndAsDocumented() async throws {
      let hostile = try await hostileReceivers()
      var running = hostile.running
      func answering(_ bytes: String) async throws -> String {
        let receiver = try await RawReceiver.start(bytes: bytes)
        running.append(receiver)
        return receiver.url
      }
      let end = "content-length: 0\r\n\r\n"
      let no = "content-length: 12\r\n\r\n{\"ok\":false}"
      let cases: [AnswerCase] = [
        AnswerCase("hanging", hostile.urls[0], "dead", 2, "failed", nil),
        AnswerCase("endless", hostile.urls[1], "delivered", 1, "delivered", 200),
        AnswerCase("slow-headers", hostile.urls[2], "dead", 2, "failed", nil),
        AnswerCase("error", hostile.urls[3], "dead", 2, "failed", 500),
        AnswerCase("refusing", hostile.urls[4], "dead", 2, "failed", nil),
        AnswerCase(
          "moved", try await answering("HTTP/1.1 301 No\r\nlocation: /x\r\n\(end)"), "dead", 2, "failed", 301),
        AnswerCase("absent", try await answering("HTTP/1.1 404 No\r\n\(end)"), "dead", 1, "refused", 404),
        AnswerCase("gone", try await answering("HTTP/1.1 410 No\r\n\(end)"), "dead", 1, "refused", 410),
        AnswerCase("timeout", try await answering("HTTP/1.1 408 No\r\n\(end)"), "dead", 2, "failed", 408),
        AnswerCase("early", try await answering("HTTP/1.1 425 No\r\n\(end)"), "dead", 2, "failed", 425),
        AnswerCase(
          "busy", try await answering("HTTP/1.1 429 No\r\nretry-after: 2\r\n\(end)"), "dead", 2, "failed", 429
        ),
        AnswerCase("unwilling", try await answering("HTTP/1.1 200 OK\r\n\(no)"), "dead", 2, "failed", 200),
        AnswerCase("foreign", try await answering("this is not HTTP\r\n\r\n"), "dead", 2, "failed", nil),
        AnswerCase("denied", "http://10.0.0.1/", "dead", 1, "refused", nil),
      ]
      let service = try ServiceProcess()
      try service.start()
      let client = try TimerClient(service)
      for item in cases {
        try client.create(
          item.name, executeAt: WallClock.milliseconds(), url: item.url,
          more: """
            "callbackTimeoutSeconds":1,\
            "retryPolicy":{"maxAttempts":2,"initialInterval":"10ms","maxInterval":"10ms"}
            """)
      }
      for item in cases {
        let timer = try await client.timerOnceOver(item.name)
        #expect(timer.status == item.status, "\(item.name)")
        #expect(timer.attempts == item.attempts, "\(item.name)")
        #expect(timer.attemptHistory.map(\.result).allSatisfy { $0 == item.result }, "\(item.name)")
        #expect(timer.lastOutcome?.statusCode == item.statusCode, "\(item.name)")
        #expect((timer.lastOutcome?.error == nil) == (item.status == "delivered"), "\(item.name)")
      }
      try checkRetryAfter(try client.timer("busy").attemptHistory)
      #expect(service.stop() == 0)
      for receiver in running { try await receiver.stop() }
    }

    private func checkRetryAfter(_ attempts: [ShownTimer.Attempt]) throws {
      let starts = try attempts.map { try Timestamp(rfc3339: $0.startedAt).milliseconds }
      try #require(starts.count == 2)
      #expect(starts[1] - starts[0] >= 2000)
    }

    /// Hanging, endless body, a header's byte each half second, 500, and nobody there; in this order.
    private func hostileReceivers() async throws -> (urls: [String], running: [RawReceiver]) {
      let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n"
      let running = [
        try await RawReceiver.start(bytes: ""),
        try await RawReceiver.start(bytes: head, isEndless: true),
        try await RawReceiver.start(bytes: head, pause: .milliseconds(500)),
        try await RawReceiver.start(bytes: "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"),
      ]
      return (running.map(\.url) + ["http://127.0.0.1:\(LocalPort.free())"], running)
    }
  }
}
