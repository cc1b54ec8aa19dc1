import Testing
import TimerModel

@testable import Scheduler

@Suite struct ClaimAllowanceTests {
  private let now = MachineSample.now.monotonic
  private var allowance = ClaimAllowance()

  @Test(arguments: [(0, 0, false), (1, 1, true), (1, 0, false), (0, 1, false), (-1, 1, false)])
  func claimNeedsTimersAndBytes(timers: Int, payloadBytes: Int, canClaim: Bool) {
    var allowance = allowance
    allowance.grant(DeliveryCapacity(timers: timers, payloadBytes: payloadBytes))
    #expect(allowance.canClaim(at: now) == canClaim)
  }

  @Test mutating func expiredLeaseForbidsClaims() {
    allowance.grant(DeliveryCapacity(timers: 1, payloadBytes: 1))
    allowance.extendLease(until: now)
    #expect(!allowance.canClaim(at: now))
    allowance.extendLease(until: now + .microseconds(1))
    #expect(allowance.canClaim(at: now))
  }

  @Test mutating func claimedTimersUseCapacity() {
    allowance.grant(DeliveryCapacity(timers: 2, payloadBytes: 10))
    var timer = MachineSample.timer(MachineSample.entry("a"))
    timer.definition.payload = [1, 2, 3]
    allowance.use(for: [ClaimedTimer(timer: timer, shard: 0, deadline: now)])
    #expect(allowance.capacity == DeliveryCapacity(timers: 1, payloadBytes: 7))
  }
}
