import Foundation
import Synchronization
import TestSupport
import Testing
import TimerModel
import TimerTesting

extension ProcessTests {
  /// Real processes, real callbacks, and a kill -9 in the middle.
  @Suite struct CrashTests {
    private struct Acknowledged: Sendable {
      var executeAt: [String: Int64] = [:]
      /// The arrival of the confirmation of each cancel.
      var cancelledAt: [String: Int64] = [:]
      /// Cancels whose answer was lost: they took effect or not.
      var uncertain: Set<String> = []
    }

    private final class Ledger: Sendable { let state = Mutex(Acknowledged()) }

    @Test(.timeLimit(.minutes(5)))
    func acknowledgedTimersSurviveKill() async throws {
      let seed = UInt64.random(in: 0..<1_000_000)
      print("CrashTests seed \(seed)")
      var random = SeededGenerator(seed: seed)
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess()
      try service.start()
      let acknowledged = Ledger()
      let port = service.port
      let killAfter = Int.random(in: 4000...16_000, using: &random)

      await withTaskGroup(of: Void.self) { group in
        for client in 0..<16 {
          let clientSeed = random.next()
          group.addTask {
            await onThread {
              Self.create(client: client, seed: clientSeed, port: port, url: receiver.url, acknowledged)
            }
          }
        }
        await receiver.wait { $0.count >= killAfter / 4 }
        service.kill()
        do { try service.start() } catch { Issue.record("the service did not start again: \(error)") }
      }

      let all = acknowledged.state.withLock { $0 }
      let expected = Set(all.executeAt.keys).subtracting(all.cancelledAt.keys).subtracting(all.uncertain)
      #expect(expected.count > 15_000)
      await receiver.wait { callbacks in
        callbacks.count >= expected.count && expected.isSubset(of: callbacks.map(\.timerID))
      }
      check(receiver.callbacks, all)
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    private func check(_ callbacks: [ReceivedCallback], _ all: Acknowledged) {
      var firings: [String: String] = [:]
      var early = 0
      var afterCancel = 0
      var otherFiring = 0
      for callback in callbacks {
        let id = callback.timerID
        if let executeAt = all.executeAt[id], callback.arrivedAtMilliseconds < executeAt { early += 1 }
        if let cancelledAt = all.cancelledAt[id], callback.arrivedAtMilliseconds > cancelledAt {
          afterCancel += 1
        }
        if let known = firings.updateValue(callback.firingID, forKey: id), known != callback.firingID {
          otherFiring += 1
        }
      }
      #expect(early == 0)
      #expect(afterCancel == 0)
      #expect(otherFiring == 0)
      print("CrashTests: \(callbacks.count) callbacks, \(callbacks.count - firings.count) copies")
    }

    /// 1,250 timers, due within the next seconds; every tenth is cancelled again.
    private static func create(
      client: Int, seed: UInt64, port: Int, url: String, _ acknowledged: Ledger
    ) {
      var random = SeededGenerator(seed: seed)
      var connection: WireConnection?
      for number in 0..<1250 {
        let id = "c\(client)-\(number)"
        let executeAt = WallClock.milliseconds() + Int64.random(in: -500...6000, using: &random)
        let text = Timestamp(milliseconds: executeAt).rfc3339
        let body = "{\"id\":\"\(id)\",\"executeAt\":\"\(text)\",\"callbackUrl\":\"\(url)/\"}"
        while true {
          if connection == nil { connection = try? WireConnection(port: port) }
          guard let answer = try? connection?.answer(to: WireRequest("POST", "/groups/g/timers", json: body))
          else {
            connection = nil
            continue
          }
          if answer.status == 201 || answer.status == 200 {
            acknowledged.state.withLock { $0.executeAt[id] = executeAt }
            break
          }
        }
        guard number % 10 == 0 else { continue }
        let answer = try? connection?.answer(to: WireRequest("DELETE", "/groups/g/timers/\(id)"))
        acknowledged.state.withLock { state in
          if answer?.status == 204 { state.cancelledAt[id] = WallClock.milliseconds() }
          if answer == nil { state.uncertain.insert(id) }
        }
        if answer == nil { connection = nil }
      }
    }
  }
}
