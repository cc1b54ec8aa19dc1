import Testing
import TimerModel

@testable import Delivery

@Suite struct HeldTimersTests {
  private let claimed = DeliveryHarness().claimed("a")

  @Test func settledClaimIsKnownForTenSeconds() {
    var held = HeldTimers()
    let fence = claimed.timer.fence
    var verdicts = [held.admit(fence)]
    let id = held.insert(claimed, origin: "o", isQueued: false)
    verdicts.append(held.admit(fence))
    _ = held.remove(id, MachineSample.now)
    for milliseconds in [10_000, 10_001] {
      held.forgetEnded(MachineSample.after(.milliseconds(milliseconds)))
      verdicts.append(held.admit(fence))
    }
    #expect(verdicts == [true, false, false, true], "the answer to its claim may be on its way")
  }

  @Test func staleIDFindsNoOtherTimer() {
    var held = HeldTimers()
    let first = held.insert(claimed, origin: "o", isQueued: false)
    _ = held.remove(first, MachineSample.now)
    let second = held.insert(claimed, origin: "o", isQueued: false)
    #expect(held[first]?.id == nil)
    #expect(held[second]?.id == second)
    #expect(held.remove(first, MachineSample.now)?.id == nil)
    #expect(!held.isEmpty)
  }

  @Test func dueTimersLeaveScheduleInOrder() {
    var held = HeldTimers()
    let start = MachineSample.now.store
    for (number, milliseconds) in [3, 1, 2].enumerated() {
      held.schedule(MachineSample.id(number), at: start + .milliseconds(milliseconds))
    }
    #expect(held.nextStart == start + .milliseconds(1))
    let due = (0..<3).compactMap { _ in held.popDue(through: start + .milliseconds(2)) }
    #expect(due == [1, 2].map(MachineSample.id))
    #expect(held.popScheduled() == MachineSample.id(0))
    #expect(held.nextStart == nil)
  }
}
