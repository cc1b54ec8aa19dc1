import Testing
import TimerModel

extension StoreHarness {
  func expiredClaimFreesTimer() async throws {
    try await create("a")
    let first = try await claimed("a")
    clock.advance(by: .seconds(9))
    #expect(try await claim(["a"], by: other).first.map(isHeld) == true)
    clock.advance(by: .seconds(1))
    #expect(try await timer("a").status == .scheduled)
    let second = try await claimed("a", by: other)
    #expect(
      second.attempt == 2 && second.claimNumber > first.claimNumber && second.firingID == first.firingID)
    #expect(try await settle(first, .delivered) == .lost)
    #expect(try await timer("a").status == .delivering)
    clock.advance(by: .seconds(10))
    guard case .cancelled = try await apply(.cancel(CancelTimer(key: key("a")))) else {
      Issue.record("a void claim does not stop a cancel")
      return
    }
    #expect(try await settle(second, .delivered) == .lost)
  }

  private func isHeld(_ verdict: ClaimVerdict) -> Bool { if case .held = verdict { true } else { false } }

  func claimVerdicts() async throws {
    try await create("due")
    try await create("later", in: 60)
    try await create("held")
    _ = try await claimed("held", by: other)
    let verdicts = try await claim(["due", "later", "held", "unknown", "due"])
    guard verdicts.count == 5, case .claimed(let timer) = verdicts[0], isHeld(verdicts[2]),
      isHeld(verdicts[4])
    else {
      Issue.record("verdicts are wrong: \(verdicts)")
      return
    }
    #expect(verdicts[1] == .notYetDue(now + .seconds(60)))
    #expect(verdicts[3] == .gone)
    #expect(timer.attempt == 1 && timer.claim?.node == node)
  }

  func claimAheadIsBounded() async throws {
    try await create("a", in: 1)
    #expect(try await claim(["a"], ahead: .milliseconds(999)) == [.notYetDue(now + .seconds(1))])
    guard case .claimed = try await claim(["a"], ahead: .milliseconds(1000)).first else {
      Issue.record("due at the edge is due")
      return
    }
  }

  func payloadBudgetIsKept() async throws {
    for id in ["a", "b", "c"] { try await create(id, payload: Array("\"12345678\"".utf8)) }
    let first = try await claim(["a", "b", "c"], budget: 5)
    #expect(first.dropFirst() == [.overBudget, .overBudget])
    #expect(try await timer("b").attempt == 0)
    let second = try await claim(["b", "c"], budget: 20)
    #expect(second.allSatisfy { if case .claimed = $0 { true } else { false } })
  }

  func oneOfManyClaimsWins() async throws {
    let ids = (0..<20).map { "t\($0)" }
    for id in ids { try await create(id) }
    let wins = try await withThrowingTaskGroup(of: [ClaimVerdict].self) { group in
      for number in 0..<8 { group.addTask { try await claim(ids, by: NodeID("n\(number)")) } }
      return try await group.reduce(into: 0) { sum, verdicts in
        sum += verdicts.count { if case .claimed = $0 { true } else { false } }
      }
    }
    #expect(wins == ids.count)
  }

  func endings() async throws {
    for id in ["delivered", "dead", "retry", "rescheduled", "released"] { try await create(id) }
    let delivered = try await claimed("delivered")
    clock.advance(by: .milliseconds(3))
    #expect(try await settle(delivered, .delivered) == .settled)
    let done = try await timer("delivered")
    #expect(done.status == .delivered && done.executedAt == now && done.latenessMilliseconds == 3)
    #expect(done.attempts.map(\.statusCode) == [500] && done.attempts.map(\.error) == ["status 500"])

    #expect(try await settle(try await claimed("dead"), .dead) == .settled)
    #expect(try await timer("dead").status == .dead)

    #expect(try await settle(try await claimed("retry"), .retry(at: now + .seconds(5))) == .settled)
    let retry = try await timer("retry")
    #expect(retry.status == .scheduled && retry.dueAt == now + .seconds(5) && retry.attempt == 1)

    let firing = FiringID(high: 1, low: .max)
    let next = now + .seconds(9)
    #expect(
      try await settle(try await claimed("rescheduled"), .rescheduled(at: next, firingID: firing)) == .settled
    )
    let moved = try await timer("rescheduled")
    #expect(moved.status == .scheduled && moved.definition.executeAt == next && moved.dueAt == next)
    #expect(
      moved.firingID == firing && moved.revision == 2 && moved.attempt == 0 && moved.attempts.count == 1)

    let released = try await claimed("released")
    #expect(try await settle(released, .released(dueAt: now), attempt: false) == .settled)
    let again = try await claimed("released")
    #expect(again.attempt == 1 && again.claimNumber == 2 && again.attempts.isEmpty)
  }

  func settlementsAreFenced() async throws {
    try await create("a")
    let first = try await claimed("a")
    #expect(try await settle(first, .retry(at: now)) == .settled)
    #expect(try await settle(first, .retry(at: now)) == .lost)
    let second = try await claimed("a")
    #expect(try await settle(first, .delivered) == .lost)
    var forged = second
    forged.firingID = FiringID(high: 3, low: 4)
    #expect(try await settle(forged, .delivered) == .lost)
    #expect(try await settle(second, .delivered) == .settled)
    #expect(try await settle(second, .dead) == .lost)
    #expect(try await timer("a").status == .delivered)
  }

  func lateSettlementCounts() async throws {
    try await create("a")
    let claim = try await claimed("a")
    clock.advance(by: .seconds(11))
    #expect(try await settle(claim, .delivered) == .settled)
  }

  func attemptsAreBounded() async throws {
    try await create("a")
    for _ in 0..<(AttemptRecord.maxPerTimer + 3) {
      _ = try await settle(try await claimed("a"), .retry(at: now))
    }
    let attempts = try await timer("a").attempts
    #expect(attempts.count == AttemptRecord.maxPerTimer)
    #expect(attempts.last?.number == AttemptRecord.maxPerTimer + 3 && attempts.first?.number == 4)
  }
}
