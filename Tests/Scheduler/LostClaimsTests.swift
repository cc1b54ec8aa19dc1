import Testing
import TimerModel

@testable import Scheduler

@Suite struct LostClaimsTests {
  private let now = MachineSample.now.monotonic

  private func attempt(_ id: String, expiresIn lease: Duration = .seconds(45)) -> ClaimAttempt {
    ClaimAttempt(entries: [MachineSample.entry(id)], payloadBudget: 0, deadline: now + lease)
  }

  @Test func oneRecoveryIsInProgress() {
    var lost = LostClaims()
    let (first, second) = (attempt("a"), attempt("b"))
    lost.add(first)
    lost.add(second)
    #expect(lost.startRecovery(at: now) == first)
    #expect(!lost.canStartRecovery)
    #expect(lost.startRecovery(at: now) == nil)
    lost.endRecovery()
    #expect(lost.startRecovery(at: now) == second)
    lost.endRecovery()
    #expect(!lost.canStartRecovery)
  }

  @Test func failedRecoveryIsRepeated() {
    var lost = LostClaims()
    let (first, second) = (attempt("a"), attempt("b"))
    lost.add(first)
    lost.add(second)
    _ = lost.startRecovery(at: now)
    lost.failRecovery(of: first)
    #expect(lost.startRecovery(at: now) == second, "after those that were not tried yet")
    lost.endRecovery()
    #expect(lost.startRecovery(at: now) == first)
  }

  @Test func expiredClaimsAreForgotten() {
    var lost = LostClaims()
    let expired = attempt("a", expiresIn: .zero)
    lost.add(expired)
    #expect(lost.startRecovery(at: now) == nil)
    #expect(!lost.canStartRecovery)
  }

  @Test func onlyOwnClaimsAreDelivered() {
    let entries = ["a", "b", "c"].enumerated().map { MachineSample.entry($1, shard: $0) }
    let attempt = ClaimAttempt(entries: entries, payloadBudget: 0, deadline: now + .seconds(45))
    let node = NodeID("node")
    let mine = MachineSample.timer(entries[1], claimedBy: node)
    let others = MachineSample.timer(entries[0], claimedBy: NodeID("other"))
    let claimed = attempt.claimed(among: [others, mine, MachineSample.timer(entries[2])], by: node)
    #expect(claimed == [ClaimedTimer(timer: mine, shard: 1, deadline: attempt.deadline)])
  }
}
