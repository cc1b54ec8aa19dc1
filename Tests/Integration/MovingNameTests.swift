import Foundation
import TestSupport
import Testing

extension ProcessTests {
  /// A receiver whose name is given to another machine.
  @Suite struct MovingNameTests {
    private static let timers = 40

    @Test(.timeLimit(.minutes(2)))
    func callbacksFollowDNSChanges() async throws {
      let old = try await HTTPReceiver.start()
      let new = try await HTTPReceiver.start(host: "127.0.0.2", port: old.port)
      let hosts = FileManager.default.temporaryDirectory.appending(path: "hosts-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: hosts) }
      try write("127.0.0.1", to: hosts)
      let service = try ServiceProcess(["--callback-connection-lifetime", "2s"], hosts: hosts)
      try service.start()
      let client = try TimerClient(service)
      // Less than a second apart, so that the connection is never idle for long.
      let start = WallClock.milliseconds() + 500
      for number in 0..<Self.timers {
        try client.create(
          "t\(number)", executeAt: start + 250 * Int64(number), url: "http://moves.test:\(old.port)/")
      }
      await old.wait { $0.count >= 4 }
      try write("127.0.0.2", to: hosts)
      await new.wait { callbacks in callbacks.contains { $0.timerID == "t\(Self.timers - 1)" } }

      let (before, after) = (old.callbacks, new.callbacks)
      #expect(Set((before + after).map(\.timerID)).count == Self.timers)
      #expect(before.count + after.count == Self.timers)
      let lastBefore = try #require(before.map(\.arrivedAtMilliseconds).max())
      let firstAfter = try #require(after.map(\.arrivedAtMilliseconds).min())
      #expect(lastBefore <= firstAfter)
      #expect(service.stop() == 0)
      try await old.stop()
      try await new.stop()
    }

    /// Writes into the file that is there: the process sees that one, whatever its name points to later.
    private func write(_ address: String, to hosts: URL) throws {
      try Data("\(address) moves.test\n".utf8).write(to: hosts)
    }
  }
}
