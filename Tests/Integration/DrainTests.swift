import Foundation
import Synchronization
import Testing
import TimerTesting

extension ProcessTests {
  /// SIGTERM under load.
  @Suite struct DrainTests {
    private struct Seen: Sendable {
      var acknowledged: Set<String> = []
      var answers: [Int: Int] = [:]
      var lostAnswers = 0
    }

    private final class Ledger: Sendable { let state = Mutex(Seen()) }

    @Test(.timeLimit(.minutes(4)))
    func aStopLosesNothingAndLeavesNoCopies() async throws {
      let receivers = [
        try await HTTPReceiver.start(delay: .milliseconds(200)),
        try await HTTPReceiver.start(delay: .milliseconds(200)),
      ]
      let service = try ServiceProcess(["--max-in-flight-per-origin", "512"])
      try service.start()
      let ledger = Ledger()
      let port = service.port
      let urls = receivers.map(\.url)
      let stopTime = await withTaskGroup(of: Void.self) { group in
        for client in 0..<8 {
          group.addTask {
            await onThread { Self.create(client: client, port: port, urls: urls, ledger) }
          }
        }
        // By now attempts run, timers wait for theirs, and the clients are not done.
        await receivers[0].wait { $0.count >= 500 }
        let start = ContinuousClock.now
        #expect(service.stop() == 0)
        return ContinuousClock.now - start
      }
      let before = receivers.map(\.callbacks.count).reduce(0, +)
      let seen = ledger.state.withLock { $0 }
      print(
        "DrainTests: stopped within \(stopTime); \(before) of \(seen.acknowledged.count) timers had been called back;",
        "answers \(seen.answers), lost \(seen.lostAnswers)")
      #expect(stopTime < .seconds(25))
      #expect(Set(seen.answers.keys).isSubset(of: [200, 201, 503]))
      #expect(before < seen.acknowledged.count, "the stop came too late to tell anything")

      try service.start()
      let expected = seen.acknowledged
      for (number, receiver) in receivers.enumerated() {
        let own = expected.filter { Self.receiver(of: $0) == number }
        await receiver.wait { $0.count >= own.count && own.isSubset(of: $0.map(\.timerID)) }
      }
      #expect(service.stop() == 0)
      let all = receivers.flatMap(\.callbacks)
      let copies = all.count - Set(all.map(\.timerID)).count
      #expect(copies == 0)
      print("DrainTests: \(all.count) callbacks, \(copies) copies")
      for receiver in receivers { try await receiver.stop() }
    }

    private static func receiver(of id: String) -> Int { id.hasSuffix("a") ? 0 : 1 }

    /// Up to 1,500 timers, all due within a second; ends when the service does.
    private static func create(client: Int, port: Int, urls: [String], _ ledger: Ledger) {
      guard let connection = try? TimerClient(port: port) else { return }
      for number in 0..<1500 {
        let id = "c\(client)-\(number)\(number.isMultiple(of: 2) ? "a" : "b")"
        let executeAt = WallClock.milliseconds() + Int64(number % 1000)
        let answer = try? connection.tryToCreate(id, executeAt: executeAt, url: urls[receiver(of: id)])
        let isOver = ledger.state.withLock { state in
          guard let answer else {
            state.lostAnswers += 1
            return true
          }
          state.answers[answer.status, default: 0] += 1
          if answer.status == 201 { state.acknowledged.insert(id) }
          return false
        }
        if isOver { return }
      }
    }
  }
}
