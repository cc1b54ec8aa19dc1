import Testing
import TimerModel

@testable import Scheduler

@Suite struct ClaimCycleTests {
  private let now = MachineSample.now
  private var cycle = ClaimCycle(configuration: MachineSample.configuration)

  @Test mutating func indexIsReadAheadOfTime() {
    #expect(start() == nil)
    cycle.noteIndexed([MachineSample.entry("a", in: 39)])
    #expect(start() == nil, "a cycle begins 38 ms ahead")
    #expect(cycle.nextStart(usesIndex: true, now) > now.monotonic)
    cycle.noteIndexed([MachineSample.entry("b", in: 38)])
    #expect(start(usesIndex: false) == nil)
    #expect(start() == .readIndex(.some([0]), through: now.store + .milliseconds(50)))
    #expect(cycle.indexOperation == .read && cycle.earliestDueAt == nil)
    #expect(start() == nil, "one cycle is in progress")
  }

  @Test mutating func readEntriesAreClaimedInPortions() throws {
    let entries = (0..<5).map { MachineSample.entry("t\($0)") }
    let first = read(entries, timers: 3)
    #expect(first?.entries == Array(entries[..<3]))
    #expect(first?.deadline == now.monotonic + .microseconds(45_000_000 - 22_500 - 1000))
    let claimed = answer(try #require(first), .gone)
    #expect(claimed.isEmpty && cycle.isIdle && cycle.hasWaiting)
    #expect(claim(start(timers: 3)) == Array(entries[3...]), "without another read")
  }

  @Test mutating func readWithoutCapacityIsRepeated() {
    let entry = MachineSample.entry("a")
    #expect(cycle.claimRead(DueReply(entries: [entry]), nil, now) == nil)
    #expect(cycle.isIdle && !cycle.hasWaiting)
    #expect(start() == .readIndex(.some([0]), through: now.store + .milliseconds(50)))
  }

  @Test mutating func onlyShardsWithDueTimersAreRead() {
    cycle.noteIndexed([
      MachineSample.entry("a", shard: 7), MachineSample.entry("b", in: 50, shard: 3),
      MachineSample.entry("c", in: 51, shard: 5), MachineSample.entry("d", in: 10, shard: 7),
    ])
    #expect(start() == .readIndex(.some([3, 7]), through: now.store + .milliseconds(50)))
    #expect(cycle.earliestDueAt == now.store + .milliseconds(51))
    cycle.endIndexOperation()
    cycle.scheduleRead(at: now.store)
    #expect(start() == .readIndex(.all, through: now.store + .milliseconds(50)))
    #expect(cycle.earliestDueAt == nil)
  }

  @Test mutating func foundTimersPrecedeReadOnes() throws {
    let entries = ["a", "b", "c"].map { MachineSample.entry($0) }
    _ = answer(try #require(read(entries, timers: 1)), .gone)
    let found = MachineSample.entry("found")
    cycle.setFound([found, entries[1]])
    #expect(claim(start(timers: 2)) == [found, entries[1]])
    _ = answer(attempt([found, entries[1]]), .gone)
    #expect(claim(start()) == [entries[2]], "what the store found is not claimed twice")
  }

  @Test mutating func recalledAndDueTimersAlternate() {
    let recalled = ["r0", "r1"].map { MachineSample.entry($0, in: 8000) }
    let due = ["d0", "d1"].map { MachineSample.entry($0) }
    cycle.recall(recalled)
    cycle.setFound(due)
    for expected in [due[0], recalled[0], due[1], recalled[1]] {
      #expect(claim(start(timers: 1)) == [expected])
      _ = answer(attempt([expected], ahead: expected.dueAt > now.store ? .seconds(8) : nil), .gone)
    }
    #expect(!cycle.hasWaiting)
  }

  @Test mutating func overBudgetTimersAreClaimedFirst() throws {
    let entries = ["a", "b", "c"].map { MachineSample.entry($0) }
    let first = try #require(read(entries, timers: 2))
    _ = answer(first, .overBudget)
    #expect(claim(start()) == entries)
  }

  @Test mutating func changesOfSeveralClaimsAreCollected() throws {
    let entries = ["a", "b", "c"].map { MachineSample.entry($0) }
    let timer = MachineSample.timer(entries[0], claimedBy: NodeID("node"))
    let claimed = answer(try #require(read(entries, timers: 1)), .claimed(timer))
    #expect(claimed.map(\.timer) == [timer])
    _ = start(timers: 1)
    _ = answer(attempt([entries[1]]), .gone)
    _ = start(timers: 1)
    let later = now.store + .seconds(30)
    _ = answer(attempt([entries[2]]), .notYetDue(later))
    let moved = DueEntry(key: entries[2].key, shard: 0, dueAt: later)
    #expect(cycle.startIndexChanges() == IndexChanges(remove: Array(entries[..<2]), move: [moved]))
    #expect(cycle.indexOperation == .change && cycle.earliestDueAt == later)
    cycle.endIndexOperation()
    #expect(cycle.startIndexChanges() == nil && cycle.isIdle)
  }

  @Test mutating func failedClaimLosesNoTimer() throws {
    let recalled = MachineSample.entry("recalled", in: 8000)
    cycle.recall([recalled])
    #expect(claim(start()) == [recalled])
    #expect(cycle.isReadingOrClaiming)
    cycle.failClaim(attempt([recalled], ahead: .seconds(8)))
    #expect(claim(start()) == [recalled])
    cycle.failClaim(attempt([MachineSample.entry("due")]))
    #expect(cycle.earliestDueAt == now.store, "the index is read for it again")
  }

  @Test func imminentTimersAreClaimedWithoutRead() {
    var configuration = MachineSample.configuration
    configuration.indexReadInterval = .seconds(1)
    var cycle = ClaimCycle(configuration: configuration)
    var coverage = IndexCoverage()
    coverage.own([0])
    let soon = [MachineSample.entry("own", in: 1999), MachineSample.entry("soon", in: 2000, shard: 63)]
    let later = [0, 63].map { MachineSample.entry("later\($0)", in: 2001, shard: $0) }
    let entries = soon + later
    cycle.addImminent(entries, coverage, isUnindexed: false, now)
    #expect(cycle.nextStart(usesIndex: false, now) == now.monotonic + .microseconds(1_961_000))
    let request = cycle.start(room(9), usesIndex: false, now.after(.microseconds(1_962_000)))
    #expect(claim(request) == soon)
  }

  @Test func readTimersAreNotClaimedTwice() {
    var configuration = MachineSample.configuration
    configuration.indexReadInterval = .seconds(1)
    var cycle = ClaimCycle(configuration: configuration)
    var coverage = IndexCoverage()
    coverage.own([0])
    let entry = MachineSample.entry("a", in: 45)
    cycle.addImminent([entry], coverage, isUnindexed: false, now)
    #expect(
      cycle.start(room(9), usesIndex: true, now) == .readIndex(.all, through: now.store + .milliseconds(50)))
    #expect(cycle.claimRead(DueReply(entries: [entry]), room(9), now)?.entries == [entry])
    #expect(cycle.nextStart(usesIndex: true, now) == .distantFuture)
  }

  @Test mutating func additionsSurviveRemovalOfSameTimer() throws {
    let entries = ["a", "b"].map { MachineSample.entry($0) }
    _ = answer(try #require(read(entries, timers: 1)), .gone)
    let again = entries.map { DueEntry(key: $0.key, shard: 0, dueAt: $0.dueAt + .seconds(1)) }
    #expect(cycle.admitAdditions([again[0]]) == [again[0]], "it is not removed any more")
    _ = start()
    _ = answer(attempt([entries[1]]), .gone)
    #expect(cycle.startIndexChanges() == IndexChanges(remove: [entries[1]], move: []))
    #expect(cycle.admitAdditions(again) == [again[0]])
    #expect(cycle.delaysAdditions)
    cycle.endIndexOperation()
    #expect(cycle.takeDelayedAdditions() == [again[1]] && !cycle.delaysAdditions)
  }

  @Test mutating func lostShardsAreForgotten() throws {
    let entries = (0..<3).map { MachineSample.entry("t\($0)", shard: $0) }
    _ = answer(try #require(read(entries, timers: 1)), .gone)
    var coverage = IndexCoverage()
    coverage.own([2])
    cycle.forgetUnowned(coverage)
    #expect(claim(start()) == [entries[2]])
  }

  private func room(_ timers: Int) -> DeliveryCapacity { DeliveryCapacity(timers: timers, payloadBytes: 1) }

  private mutating func start(timers: Int = 100, usesIndex: Bool = true) -> ClaimCycle.Request? {
    cycle.start(room(timers), usesIndex: usesIndex, now)
  }

  private mutating func read(_ entries: [DueEntry], timers: Int) -> ClaimAttempt? {
    cycle.claimRead(DueReply(entries: entries), room(timers), now)
  }

  private func attempt(_ entries: [DueEntry], ahead: Duration? = nil) -> ClaimAttempt {
    ClaimAttempt(entries: entries, payloadBudget: 1, deadline: now.monotonic, ahead: ahead)
  }

  private mutating func answer(_ attempt: ClaimAttempt, _ verdict: ClaimVerdict) -> [ClaimedTimer] {
    let verdicts = attempt.entries.map { _ in verdict }
    return cycle.endClaim(attempt, ClaimReply(time: StoreTime(now.store), verdicts: verdicts))
  }

  private func claim(_ request: ClaimCycle.Request?) -> [DueEntry]? {
    if case .claim(let attempt) = request { attempt.entries } else { nil }
  }
}
