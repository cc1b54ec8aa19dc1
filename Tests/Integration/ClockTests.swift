import Foundation
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Due times follow the wall clock, which is stepped here; waits follow the monotonic one.
  @Suite struct ClockTests {
    @Test(.timeLimit(.minutes(2)))
    func clockStepForwardFiresDueTimers() async throws {
      let clock = try SteppableClock()
      let receiver = try await HTTPReceiver.start()
      let slow = try await HTTPReceiver.start(delay: .seconds(2))
      let hanging = try await RawReceiver.start(bytes: "")
      // Where only the sweep noticed the step, the bound below would not be kept.
      let service = try ServiceProcess(["--sweep-interval", "60s"], environment: clock.environment)
      try service.start()
      let client = try TimerClient(service)
      let executeAt = clock.nowMilliseconds + 59 * 60_000
      for number in 0..<300 {
        try client.create("t\(number)", executeAt: executeAt + Int64(number), url: receiver.url)
      }
      for number in 0..<20 {
        try client.create("slow\(number)", executeAt: clock.nowMilliseconds, url: slow.url)
      }
      try client.create("hanging", executeAt: clock.nowMilliseconds, url: hanging.url, more: Self.retried(1))
      await hanging.wait(forConnections: 1)
      await slow.wait { $0.count == 20 }
      let steppedAt = WallClock.milliseconds()
      clock.set(offBySeconds: 3600)
      await receiver.wait { $0.count >= 300 }
      let delays = Lateness(receiver.callbacks.map { $0.arrivedAtMilliseconds - steppedAt })
      print("ClockTests: callbacks after a step forward: \(delays)")
      #expect(delays.min >= 0)
      // Within a second where the machine is not busy.
      #expect(delays.max < 10_000)
      #expect(Set(receiver.callbacks.map(\.timerID)).count == 300)
      let timedOut = try await client.timerOnceOver("hanging")
      #expect(timedOut.attempts == 1)
      #expect(timedOut.attemptHistory.allSatisfy { (1000..<10_000).contains($0.durationMilliseconds) })
      for number in 0..<20 {
        let timer = try await client.timerOnceOver("slow\(number)")
        #expect(timer.status == "delivered")
        #expect(timer.lastOutcome.map { (2000..<12_000).contains($0.durationMilliseconds) } == true)
      }
      #expect(service.stop() == 0)
      #expect(receiver.callbacks.count == 300)
      #expect(slow.callbacks.count == 20)
      try await slow.stop()
      try await hanging.stop()
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(2)))
    func clockStepBackFiresNothingEarly() async throws {
      let clock = try SteppableClock()
      let receiver = try await HTTPReceiver.start()
      let failing = try await HTTPReceiver.start(status: 500)
      let hanging = try await RawReceiver.start(bytes: "")
      // Some timers are claimed already when the clock is stepped.
      let service = try ServiceProcess(["--claim-ahead", "5s"], environment: clock.environment)
      try service.start()
      let client = try TimerClient(service)
      for number in 0..<50 {
        try client.create("done\(number)", executeAt: clock.nowMilliseconds, url: receiver.url)
      }
      // Due long ago, so that their retries are due before the stepped clock's now.
      let longAgo = clock.nowMilliseconds - 7_200_000
      try client.create("hanging", executeAt: longAgo, url: hanging.url, more: Self.retried(2))
      await receiver.wait { $0.count >= 50 }
      let soon = clock.nowMilliseconds + 4000
      for number in 0..<100 {
        try client.create("soon\(number)", executeAt: soon + 40 * Int64(number), url: receiver.url)
      }

      clock.set(offBySeconds: -3600)
      try client.create("failing", executeAt: longAgo, url: failing.url, more: Self.retried(2))
      let timedOut = try await client.timerOnceOver("hanging")
      #expect(timedOut.status == "dead")
      #expect(timedOut.attemptHistory.allSatisfy { (1000..<10_000).contains($0.durationMilliseconds) })
      #expect(timedOut.attemptHistory.count == 2)
      let failed = try await client.timerOnceOver("failing")
      #expect(failed.status == "dead")
      #expect(failing.callbacks.count == 2)
      // The API shows the stepped clock.
      #expect(try Timestamp(rfc3339: failed.createdAt).milliseconds < clock.nowMilliseconds + 1)

      // By this timer's callback the real time of those above is long over.
      let late = clock.nowMilliseconds + 7000
      try client.create("late", executeAt: late, url: receiver.url)
      await receiver.wait { $0.contains { $0.timerID == "late" } }
      #expect(WallClock.milliseconds() > soon + 40 * 100)
      #expect(receiver.callbacks.count == 51)
      #expect(try client.timer("soon99").status == "scheduled")
      for callback in receiver.callbacks where callback.timerID == "late" {
        #expect(callback.arrivedAtMilliseconds - 3_600_000 >= late)
      }

      clock.set(offBySeconds: 0)
      await receiver.wait { $0.count >= 151 }
      try client.create("last", executeAt: clock.nowMilliseconds, url: receiver.url)
      await receiver.wait { $0.contains { $0.timerID == "last" } }
      #expect(service.stop() == 0)
      #expect(receiver.callbacks.count == 152)
      #expect(Set(receiver.callbacks.map(\.timerID)).count == 152)
      #expect(Set(receiver.callbacks.map(\.firingID)).count == 152)
      try await receiver.stop()
      try await failing.stop()
      try await hanging.stop()
    }

    /// So many attempts, shortly after one another, of a second each.
    private static func retried(_ maxAttempts: Int) -> String {
      """
      "callbackTimeoutSeconds":1,\
      "retryPolicy":{"maxAttempts":\(maxAttempts),"initialInterval":"10ms","maxInterval":"10ms"}
      """
    }
  }
}
