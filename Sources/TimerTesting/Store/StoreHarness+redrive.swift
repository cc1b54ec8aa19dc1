import Testing
import TimerModel

// Commands that go on with the firing that a timer has.
extension StoreHarness {
  func firesAreDueNow() async throws {
    let create = TimerCommand.create(CreateTimer(key: key("a"), definition: definition(in: 60)))
    _ = try await apply(create)
    let before = try await timer("a")
    clock.advance(by: .seconds(1))
    guard case .updated(let fired) = try await fire("a", ifRevision: 1) else {
      Issue.record("a scheduled timer is fired")
      return
    }
    #expect(fired.dueAt == now && fired.definition.executeAt == now && fired.updatedAt == now)
    #expect(fired.revision == 2 && fired.firingID == before.firingID && fired.attempt == 0)
    #expect(try await timer("a") == fired)
    #expect(try await overdueIDs() == ["a"])
    // A repetition is answered like the first, and a creation is compared with what it asked for.
    #expect(try await fire("a", ifRevision: 1) == .unchanged(fired))
    #expect(try await apply(create) == .repeated(fired))
    let claimed = try await claimed("a")
    #expect(claimed.attempt == 1 && claimed.firingID == before.firingID)
    #expect(try await fire("a") == .rejected(.notScheduled(.delivering)))
    #expect(try await settle(claimed, .delivered) == .settled)
    #expect(try await timer("a").latenessMilliseconds == 0)
    #expect(try await fire("a") == .rejected(.notScheduled(.delivered)))
    #expect(try await fire("no") == .rejected(.notFound))
    try await self.create("b", in: 60)
    #expect(try await fire("b", ifRevision: 2) == .rejected(.revisionMismatch(current: 1)))
  }

  func firesKeepAttempts() async throws {
    try await create("a")
    let first = try await claimed("a")
    #expect(try await settle(first, .retry(at: now + .seconds(60))) == .settled)
    let waiting = try await timer("a")
    clock.advance(by: .seconds(1))
    guard case .updated(let fired) = try await fire("a") else {
      Issue.record("a timer that waits for a retry is fired")
      return
    }
    #expect(fired.dueAt == now && fired.attempt == 1 && fired.attempts == waiting.attempts)
    #expect(fired.definition.executeAt == waiting.definition.executeAt && fired.requestedExecuteAt == nil)
    #expect(fired.firstAttemptAt == waiting.firstAttemptAt && fired.firingID == waiting.firingID)
    #expect(try await timer("a") == fired)
    #expect(try await settle(first, .delivered) == .lost)
    let second = try await claimed("a")
    #expect(second.attempt == 2 && second.fence.claimNumber == 2)
    // A claim that ran out is in the history.
    clock.advance(by: .seconds(10))
    #expect(try await settle(try await claimed("a", by: other), .retry(at: now + .seconds(60))) == .settled)
    _ = try await fire("a")
    _ = try await claimed("a")
    #expect(try await timer("a").attempts.map(\.result) == [.failed, .lost, .failed])
    #expect(try await timer("a").attempt == 4)
  }

  func redrivesKeepTheirFiring() async throws {
    let create = TimerCommand.create(CreateTimer(key: key("a"), definition: definition()))
    _ = try await apply(create)
    clock.advance(by: .milliseconds(3))
    #expect(try await settle(try await claimed("a"), .retry(at: now)) == .settled)
    let last = try await claimed("a")
    #expect(try await settle(last, .dead) == .settled)
    let dead = try await timer("a")
    #expect(dead.executedAt != nil && dead.attempt == 2)
    clock.advance(by: .seconds(60))
    guard case .updated(let redriven) = try await apply(.redrive(RedriveTimer(key: key("a"), ifRevision: 1)))
    else {
      Issue.record("a dead timer is redriven")
      return
    }
    #expect(redriven.status == .scheduled && redriven.dueAt == now && redriven.definition.executeAt == now)
    #expect(redriven.firingID == dead.firingID && redriven.revision == 2 && redriven.updatedAt == now)
    #expect(redriven.attempt == 0 && redriven.firstAttemptAt == nil && redriven.executedAt == nil)
    #expect(redriven.attempts == dead.attempts && redriven.claimNumber == dead.claimNumber)
    #expect(try await timer("a") == redriven)
    #expect(try await overdueIDs() == ["a"])
    #expect(try await apply(create) == .repeated(redriven))
    // The end of the earlier life says nothing of this one.
    #expect(try await settle(last, .dead) == .lost)
    #expect(try await store.purge(endedBefore: now + .seconds(1), limit: 10) == 0)
    let again = try await claimed("a")
    #expect(again.attempt == 1 && again.claimNumber == 3)
    #expect(try await settle(again, .dead) == .settled)
    let over = try await timer("a")
    #expect(over.attempts.map(\.number) == [1, 2, 1] && over.attempt == 1)
    #expect(over.firstAttemptAt == now && over.executedAt == now && over.latenessMilliseconds == 0)
  }

  func redrivesSayWhenAndHow() async throws {
    var definition = definition()
    definition.retryPolicy = .standard
    definition.gaps = .retryPolicy
    definition.tags = ["customer": "42"]
    for id in ["kept", "given", "default"] {
      _ = try await apply(.create(CreateTimer(key: key(id), definition: definition)))
      #expect(try await settle(try await claimed(id), .dead) == .settled)
    }
    let due = now + .seconds(90)
    _ = try await apply(.redrive(RedriveTimer(key: key("kept"), executeAt: due)))
    let kept = try await timer("kept")
    #expect(kept.dueAt == due && kept.definition.executeAt == due && kept.definition.retryPolicy == .standard)
    #expect(kept.definition.gaps == .retryPolicy && kept.definition.tags == definition.tags)
    #expect(try await claim(["kept"]) == [.notYetDue(due)])
    var policy = RetryPolicy.standard
    policy.maxAttempts = 2
    _ = try await apply(
      .redrive(RedriveTimer(key: key("given"), retryPolicy: .some(policy), gaps: .maxInterval)))
    let given = try await timer("given").definition
    #expect(given.retryPolicy == policy && given.gaps == .maxInterval)
    _ = try await apply(.redrive(RedriveTimer(key: key("default"), retryPolicy: .some(nil))))
    let standard = try await timer("default").definition
    #expect(standard.retryPolicy == nil && standard.gaps == [])
  }

  func onlyDeadTimersAreRedriven() async throws {
    for id in ["scheduled", "delivering", "delivered", "cancelled", "dead"] { try await create(id) }
    _ = try await claimed("delivering")
    #expect(try await settle(try await claimed("delivered"), .delivered) == .settled)
    _ = try await apply(.cancel(CancelTimer(key: key("cancelled"))))
    #expect(try await settle(try await claimed("dead"), .dead) == .settled)
    for status in [TimerStatus.scheduled, .delivering, .delivered, .cancelled] {
      let before = try await timer(status.rawValue)
      #expect(
        try await apply(.redrive(RedriveTimer(key: key(status.rawValue)))) == .rejected(.notDead(status)))
      #expect(try await timer(status.rawValue) == before)
    }
    let other = RedriveTimer(key: key("dead"), ifRevision: 2)
    #expect(try await apply(.redrive(other)) == .rejected(.revisionMismatch(current: 1)))
    #expect(try await apply(.redrive(RedriveTimer(key: key("no")))) == .rejected(.notFound))
    // The commands of one batch take effect in order.
    let redrive = TimerCommand.redrive(RedriveTimer(key: key("dead")))
    let results = try await store.apply([redrive, redrive, .cancel(CancelTimer(key: key("dead")))])
    guard results.count == 3, case .updated = results[0],
      case .rejected(.notDead(.scheduled)) = results[1], case .cancelled = results[2]
    else {
      Issue.record("results are out of order: \(results)")
      return
    }
  }

  private func fire(_ id: String, ifRevision revision: Int64? = nil) async throws -> CommandResult {
    try await apply(.fire(FireTimer(key: key(id), ifRevision: revision)))
  }

  /// The ids of the timers that are due now, as a sweep finds them.
  private func overdueIDs() async throws -> [String] {
    try await store.overdue(shards: Array(0..<store.shardCount), before: now + .milliseconds(1), limit: 10)
      .map(\.key.timerID)
  }
}
