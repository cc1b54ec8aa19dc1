import Testing
import TimerModel

@testable import Scheduler

@Suite struct IndexHealthTests {
  private let now = MachineSample.now
  private var health = IndexHealth(configuration: MachineSample.configuration)

  @Test mutating func failedIndexIsProbedAtOnce() {
    #expect(health.isUsable)
    probe(count: 5)
    #expect(health.fail(at: now.monotonic) == .failed)
    #expect(health.isDown && !health.isUsable)
    #expect(health.probeAt == now.monotonic)
    #expect(health.fail(at: now.monotonic) == .failedAgain)
  }

  @Test mutating func oneProbeIsInProgress() {
    #expect(health.startProbe(at: now.monotonic) == true)
    #expect(health.probeAt == .distantFuture)
    #expect(health.startProbe(at: now.monotonic + .seconds(10)) == false)
    #expect(health.endProbe(count: 7, now) == nil)
    #expect(health.count == 7)
    #expect(health.probeAt == now.monotonic + .seconds(10))
  }

  @Test mutating func downIndexIsProbedMoreOften() {
    probe(count: 7)
    let later = now.after(.seconds(10))
    #expect(health.startProbe(at: later.monotonic) == true)
    #expect(health.endProbe(count: nil, later) == .failed)
    #expect(health.startProbe(at: later.monotonic) == true)
    #expect(health.endProbe(count: nil, later) == nil, "that is known already")
    #expect(health.isDown && health.count == 7)
    #expect(health.probeAt == later.monotonic + .milliseconds(200))
  }

  @Test mutating func rebuiltIndexIsDoubtedAtFirst() {
    _ = health.fail(at: now.monotonic)
    #expect(health.asksStore(at: now.monotonic))
    #expect(probe(count: 0) == .recovered, "no shard is owned, so that none is missing")
    #expect(health.isUsable && health.rebuilds == 1)
    #expect(health.asksStore(at: now.monotonic + .milliseconds(2999)))
    #expect(!health.asksStore(at: now.monotonic + .seconds(3)))
  }

  @Test mutating func rebuildWaitsForEveryShard() throws {
    health.own([0, 1])
    _ = health.fail(at: now.monotonic)
    #expect(health.startRefill(now) == nil, "an index that is down is not filled")
    #expect(probe(count: 0) == nil)
    #expect(!health.isDown && !health.isUsable)
    let first = health.startRefill(now)
    #expect(health.startRefill(now) == nil, "one refill is in progress")
    #expect(health.endRefill(try #require(first), [], count: 0, now) == nil)
    let second = health.startRefill(now)
    #expect(health.endRefill(try #require(second), [], count: 0, now) == .recovered)
    #expect(health.isUsable)
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

  @Test mutating func failedSlowIndexWaitsForRebuild() {
    health.startAddition(of: [], at: now.monotonic)
    let late = now.after(.milliseconds(250))
    #expect(health.updateSlowness(at: late.monotonic) == .becameSlow)
    #expect(health.fail(at: late.monotonic) == .failed)
    health.endAddition()
    #expect(health.updateSlowness(at: late.monotonic) == nil)
    #expect(!health.isUsable)
  }

  /// Another node may own the shard by now, and have refilled it.
  @Test mutating func entriesWithinHorizonAwaitNoRefill() {
    health.own([0])
    let entries = [299_000, 301_000].map { MachineSample.entry("t\($0)", in: $0) }
    #expect(health.admit(entries, now) == [entries[0]])
  }

  @Test func foreignEntriesAreTakenOnce() {
    var configuration = MachineSample.configuration
    configuration.indexReadInterval = .seconds(1)
    var health = IndexHealth(configuration: configuration)
    health.own([0])
    let entries = ["a", "b"].map { MachineSample.entry($0, shard: 63) }
    for entry in entries { health.startAddition(of: [entry, MachineSample.entry("own")], at: now.monotonic) }
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
    let (soon, later) = (MachineSample.entry("soon", in: 10_000), MachineSample.entry("later", in: 10_001))
    #expect(health.admit([later, later, soon], now) == [later, soon])
    #expect(health.count == 2)
    health.startChange(removing: 5, at: now.monotonic)
    #expect(health.count == 0, "what others had added was not counted")
  }

  @discardableResult
  private mutating func probe(count: Int) -> IndexHealth.Transition? {
    _ = health.startProbe(at: now.monotonic)
    return health.endProbe(count: count, now)
  }
}
