import Testing
import TimerModel

@testable import Delivery

@Suite struct SettlementsTests {
  private let now = MachineSample.now

  private func settlements(_ count: Int) -> Settlements {
    var settlements = Settlements(configuration: DeliveryConfiguration())
    for number in 0..<count { settlements.append(MachineSample.id(number), isQueued: false) }
    return settlements
  }

  @Test func oneWriteIsInProgress() {
    var settlements = settlements(2)
    #expect(settlements.nextStart(now) == now.monotonic)
    #expect(settlements.start(now) == [0, 1].map(MachineSample.id))
    settlements.append(MachineSample.id(2), isQueued: false)
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
}
