import Testing
import TimerModel

@testable import Delivery

@Suite struct SettlementsTests {
  private let now = MachineSample.now

  private func settlements(_ count: Int) -> Settlements {
    var settlements = Settlements(configuration: DeliveryConfiguration())
    for number in 0..<count {
      settlements.append(MachineSample.id(number), isQueued: false, canWait: false, now)
    }
    return settlements
  }

  @Test func oneWriteIsInProgress() {
    var settlements = settlements(2)
    #expect(settlements.nextStart(now) == now.monotonic)
    #expect(settlements.start(now) == [0, 1].map(MachineSample.id))
    settlements.append(MachineSample.id(2), isQueued: false, canWait: false, now)
    #expect(settlements.start(now) == nil)
    #expect(settlements.nextStart(now) == .distantFuture && !settlements.isEmpty)
    settlements.succeed()
    #expect(settlements.start(now) == [MachineSample.id(2)])
    settlements.succeed()
    #expect(settlements.isEmpty && settlements.nextStart(now) == .distantFuture)
  }

  @Test func repeatedFailuresDoubleWait() {
    var settlements = settlements(1)
    for (failedAt, wait) in [(0, 100), (100, 200), (300, 400)] {
      let moment = MachineSample.after(.milliseconds(failedAt))
      #expect(settlements.start(moment) == [MachineSample.id(0)])
      settlements.fail(moment)
      settlements.putBack(MachineSample.id(0), isQueued: false)
      #expect(settlements.start(moment) == nil)
      #expect(settlements.nextStart(moment) == moment.monotonic + .milliseconds(wait))
    }
  }

  @Test func deliveredTimersWaitForOthers() {
    var settlements = Settlements(configuration: DeliveryConfiguration())
    settlements.append(MachineSample.id(0), isQueued: false, canWait: true, now)
    let later = MachineSample.after(.milliseconds(4))
    settlements.append(MachineSample.id(1), isQueued: true, canWait: true, later)
    #expect(settlements.start(later) == nil)
    #expect(settlements.nextStart(later) == now.monotonic + .milliseconds(10))
    #expect(settlements.start(MachineSample.after(.milliseconds(10))) == [0, 1].map(MachineSample.id))
    settlements.append(MachineSample.id(2), isQueued: false, canWait: true, later)
    settlements.succeed()
    #expect(
      settlements.nextStart(later) == later.monotonic + .milliseconds(10), "each write waits for others")
    settlements.append(MachineSample.id(3), isQueued: false, canWait: false, later)
    #expect(settlements.start(later) == [2, 3].map(MachineSample.id), "a retry waits for nobody")
  }

  @Test func fullWritesDoNotWait() {
    var settlements = Settlements(configuration: DeliveryConfiguration())
    for number in 0..<63 { settlements.append(MachineSample.id(number), isQueued: false, canWait: true, now) }
    #expect(settlements.start(now) == nil)
    settlements.append(MachineSample.id(63), isQueued: false, canWait: true, now)
    #expect(settlements.start(now)?.count == 64)
  }
}
