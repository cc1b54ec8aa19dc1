import Scheduler
import Testing
import TimerModel

/// A node that stops.
@Suite struct SchedulerDrainTests {
  @Test func drainWaitsForRunningClaim() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    let entry = harness.entry("a", in: 0)
    harness.handle(.timersDue([entry]))
    harness.answerIndex([entry])
    harness.handle(.drain)
    #expect(harness.saidDrained == 0)
    harness.answerClaim([.claimed(harness.timer(entry))])
    #expect(harness.delivered.count == 1)
    #expect(harness.saidDrained == 1)
    harness.handle(.timersDue([harness.entry("b", in: 0)]))
    #expect(harness.claims.count == 1)
  }

  @Test func drainIndexesReleasedTimers() {
    var harness = SchedulerHarness()
    harness.becomeIdle()
    harness.handle(.drain)
    #expect(harness.saidDrained == 1)
    var engine = harness.engine
    let entry = harness.entry("a", in: 100)
    let actions = engine.step([.timersDue([entry]), .end], now: harness.now)
    #expect(actions.contains { if case .addToIndex([entry]) = $0 { true } else { false } })
    #expect(!engine.isFinished)
    _ = engine.step([.indexAdded([entry])], now: harness.now)
    #expect(engine.isFinished)
  }

  @Test func drainLeavesReadTimersToOthers() {
    var harness = SchedulerHarness(timers: 1)
    harness.becomeIdle()
    let entries = (0..<2).map { harness.entry("t\($0)", in: 0) }
    harness.handle(.timersDue(entries))
    harness.answerIndex(entries)
    harness.handle(.drain)
    harness.answerClaim([.claimed(harness.timer(entries[0]))])
    harness.handle(.indexChangesApplied(true), .capacityGranted(DeliveryCapacity(timers: 1, payloadBytes: 0)))
    #expect(harness.claims.count == 1)
    #expect(harness.wakeIn > .milliseconds(1), "there is nothing to wake for")
  }
}
