import Foundation
import Synchronization
import TestSupport
import Testing

extension ProcessTests {
  /// SIGTERM under load.
  @Suite struct DrainTests {
    private struct Seen: Sendable {
      var acknowledged: Set<String> = []
      var answers: [Int: Int] = [:]
      var lostAnswers = 0
    }

    private final class Ledger: Sendable { let state = Mutex(Seen()) }

    private static let clients = 8
    private static let timersPerClient = 625

    @Test(.timeLimit(.minutes(4)))
    func shutdownLosesAndRepeatsNothing() async throws {
      let receivers = [
        try await HTTPReceiver.start(delay: .milliseconds(200)),
        try await HTTPReceiver.start(delay: .milliseconds(200)),
      ]
      let service = try ServiceProcess(["--max-in-flight-per-origin", "512"])
      try service.start()
      let ledger = Ledger()
      let port = service.port
      let urls = receivers.map(\.url)
      let start = WallClock.milliseconds() + 6000
      let stopTime = await withTaskGroup(of: Void.self) { group in
        for client in 0..<Self.clients {
          group.addTask {
            await onThread { Self.create(client, from: start, port: port, urls: urls, ledger) }
          }
        }
        // By now attempts run, timers wait for theirs, and the clients go on.
        await receivers[0].wait { $0.count >= 800 }
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
      #expect(seen.lostAnswers <= Self.clients)
      #expect(before < seen.acknowledged.count, "the stop came too late to tell anything")

      try service.start()
      for (number, receiver) in receivers.enumerated() {
        let own = seen.acknowledged.filter { Self.receiver(of: $0) == number }
        await receiver.wait { $0.count >= own.count && own.isSubset(of: $0.map(\.timerID)) }
      }
      #expect(service.stop() == 0)
      let all = receivers.flatMap(\.callbacks)
      let copies = all.count - Set(all.map(\.timerID)).count
      #expect(copies == 0)
      print("DrainTests: \(all.count) callbacks, \(copies) copies")
      for receiver in receivers { try await receiver.stop() }
    }

    @Test(.timeLimit(.minutes(2)))
    func hangingAttemptsDoNotDelayShutdown() async throws {
      let hanging = try await RawReceiver.start(bytes: "")
      let service = try ServiceProcess(["--drain-timeout", "2s"])
      try service.start()
      let client = try TimerClient(service)
      for number in 0..<20 {
        try client.create(
          "t\(number)", executeAt: WallClock.milliseconds(), url: hanging.url,
          more: "\"callbackTimeoutSeconds\":30")
      }
      await hanging.wait(forConnections: 20)
      let start = ContinuousClock.now
      #expect(service.stop() == 0)
      let stopTime = ContinuousClock.now - start
      print("DrainTests: stopped within \(stopTime) beside attempts that hang")
      #expect(stopTime < .seconds(15))

      try service.start()
      await hanging.wait(forConnections: 40)
      #expect(try TimerClient(service).timer("t0").attempts == 2)
      service.kill()
      try await hanging.stop()
    }

    private static func receiver(of id: String) -> Int { id.hasSuffix("a") ? 0 : 1 }

    /// Creates timers that are due within four seconds from `start`; then reads, and creates some that are due at once,
    /// until the service ends.
    private static func create(
      _ client: Int, from start: Int64, port: Int, urls: [String], _ ledger: Ledger
    ) {
      guard let connection = try? TimerClient(port: port) else { return }
      var number = 0
      while true {
        defer { number += 1 }
        let id = "c\(client)-\(number)\(number.isMultiple(of: 2) ? "a" : "b")"
        let isEarly = number < timersPerClient
        let isCreation = isEarly || number % 20 < 2
        let executeAt = isEarly ? start + Int64(number * 4000 / timersPerClient) : WallClock.milliseconds()
        let answer =
          isCreation
          ? try? connection.tryToCreate(id, executeAt: executeAt, url: urls[receiver(of: id)])
          : try? connection.read("c\(client)-0a")
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
