import Testing
import TimerModel

@testable import Scheduler

@Suite struct IndexHealthTests {
  private let now = MachineSample.now
  private var health = IndexHealth(configuration: MachineSample.configuration)

  @Test mutating func failureIsReportedOnce() {
    #expect(health.isUsable)
    _ = health.startProbe(at: now.monotonic)
    health.endProbe(count: 5)
    #expect(health.fail(at: now.monotonic) == true)
    #expect(health.fail(at: now.monotonic) == false)
    #expect(health.isDown && !health.isUsable)
    #expect(health.probeAt == now.monotonic, "it is probed at once")
  }

  @Test mutating func oneProbeIsInProgress() {
    #expect(health.startProbe(at: now.monotonic) == true)
    #expect(health.probeAt == .distantFuture)
    #expect(health.startProbe(at: now.monotonic + .seconds(10)) == false)
    health.endProbe(count: 7)
    #expect(health.count == 7)
    #expect(health.probeAt == now.monotonic + .seconds(2))
    #expect(health.fail(at: now.monotonic) == true)
    #expect(health.startProbe(at: now.monotonic) == true)
    health.endProbe(count: nil)
    #expect(health.isDown && health.count == 7)
    #expect(health.probeAt == now.monotonic + .milliseconds(200), "at the poll interval while it is down")
  }

  @Test mutating func rebuiltIndexIsDoubtedForAWhile() {
    failAndAnswerProbe()
    #expect(!health.isDown && !health.isUsable && health.canBeFilled)
    #expect(health.asksStore(at: now.monotonic))
    #expect(health.endRebuild(IndexCoverage(), now) == true, "no shard is owned, so that none is missing")
    #expect(health.isUsable && health.rebuilds == 1)
    #expect(health.asksStore(at: now.monotonic + .milliseconds(2999)))
    #expect(!health.asksStore(at: now.monotonic + .seconds(3)))
    #expect(health.endRebuild(IndexCoverage(), now) == false, "once")
  }

  @Test mutating func rebuildWaitsForEveryShard() throws {
    failAndAnswerProbe()
    var coverage = IndexCoverage()
    coverage.own([0, 1])
    for _ in 0..<2 {
      #expect(health.endRebuild(coverage, now) == false)
      let through = now.store + .seconds(5)
      let refill = coverage.beginRefill(wanted: through, through: through, limit: 10)
      coverage.end(try #require(refill), page: [])
    }
    #expect(health.endRebuild(coverage, now) == true)
  }

  @Test(arguments: [IndexHealth.Operation.read, .change])
  func lateAnswerMakesSlow(operation: IndexHealth.Operation) {
    var health = health
    if operation == .read {
      health.startRead(at: now.monotonic)
    } else {
      health.startChange(removing: 0, at: now.monotonic)
    }
    let overdueAt = now.monotonic + .milliseconds(250)
    #expect(health.overdueAt == overdueAt)
    #expect(health.giveUpIfOverdue(operation, at: overdueAt - .microseconds(1)) == false)
    #expect(health.giveUpIfOverdue(operation, at: overdueAt) == true)
    #expect(health.updateSlowness(at: overdueAt) == .becameSlow)
    #expect(health.updateSlowness(at: overdueAt) == nil)
    #expect(!health.isUsable && !health.isDown && health.overdueAt == .distantFuture)
    #expect(health.end(operation) == false, "it is not the answer to a later one")
    #expect(health.updateSlowness(at: overdueAt) == .recovered)
    #expect(health.isUsable && health.asksStore(at: overdueAt))
    #expect(health.end(operation) == true)
  }

  @Test mutating func slowIndexThatFailedRecoversByRebuild() {
    health.startAddition(foreign: [], at: now.monotonic)
    let late = now.after(.milliseconds(250))
    #expect(health.updateSlowness(at: late.monotonic) == .becameSlow)
    #expect(health.fail(at: late.monotonic) == true)
    health.endAddition()
    #expect(health.updateSlowness(at: late.monotonic) == nil)
    #expect(!health.isUsable)
  }

  @Test mutating func foreignEntriesAreTakenOnce() {
    let entries = ["a", "b"].map { MachineSample.entry($0, shard: 63) }
    for entry in entries { health.startAddition(foreign: [entry], at: now.monotonic) }
    #expect(health.takeForeignEntries() == entries)
    #expect(health.takeForeignEntries().isEmpty)
    #expect(health.hasAdditions, "their answers are still owed")
    for _ in 0..<3 { health.endAddition() }
    #expect(!health.hasAdditions)
  }

  @Test(arguments: [(99, 0, false), (60, 40, true), (50, 50, false)])
  func staleEntriesAreDoubted(gone: Int, overBudget: Int, isStale: Bool) {
    var health = health
    let verdicts: [ClaimVerdict] =
      Array(repeating: .gone, count: gone) + Array(repeating: .overBudget, count: overBudget)
    #expect(health.detectStaleEntries(verdicts, at: now.monotonic) == isStale)
    #expect(health.asksStore(at: now.monotonic) == isStale)
    #expect(health.detectStaleEntries(verdicts, at: now.monotonic) == false, "not again while it is doubted")
  }

  @Test func fullIndexAdmitsTimersDueSoon() {
    var configuration = MachineSample.configuration
    configuration.indexLimit = 1
    var health = IndexHealth(configuration: configuration)
    let later = MachineSample.entry("later", in: 10_001)
    #expect(health.admit(later, now) == true)
    #expect(health.isFull)
    #expect(health.admit(later, now) == false)
    #expect(health.admit(MachineSample.entry("soon", in: 10_000), now) == true)
    #expect(health.count == 2)
    health.startChange(removing: 5, at: now.monotonic)
    #expect(health.count == 0, "what others had added was not counted")
  }

  private mutating func failAndAnswerProbe() {
    _ = health.fail(at: now.monotonic)
    _ = health.startProbe(at: now.monotonic)
    health.endProbe(count: 0)
  }
}
