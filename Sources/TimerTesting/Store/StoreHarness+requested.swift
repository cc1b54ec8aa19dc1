import Testing
import TimerModel

// What was asked for stays apart from what became of it.
extension StoreHarness {
  func updatesAreRepeatable() async throws {
    try await create("a", in: 60, payload: [0x31])
    let later = now + .seconds(90)
    let update = TimerCommand.update(
      UpdateTimer(
        key: key("a"), changes: TimerChanges(executeAt: later, payload: .some(nil)), ifRevision: 1))
    guard case .updated(let changed) = try await apply(update) else {
      Issue.record("a scheduled timer is updated")
      return
    }
    #expect(try await apply(update) == .unchanged(changed))
    // Another wish about the same revision is rejected as before.
    let other = UpdateTimer(key: key("a"), changes: TimerChanges(payload: .some([0x32])), ifRevision: 1)
    #expect(try await apply(.update(other)) == .rejected(.revisionMismatch(current: 2)))
    let nothing = UpdateTimer(key: key("a"), changes: TimerChanges(), ifRevision: 1)
    #expect(try await apply(.update(nothing)) == .rejected(.revisionMismatch(current: 2)))
    // Its effect is there while the timer is delivered, and after a receiver has named another time.
    clock.advance(by: .seconds(90))
    let claimed = try await claimed("a")
    #expect(try await apply(update) == .unchanged(claimed))
    let next = now + .seconds(5)
    #expect(try await settle(claimed, .rescheduled(at: next, firingID: .random())) == .settled)
    let rescheduled = try await timer("a")
    #expect(try await apply(update) == .unchanged(rescheduled))
    #expect(rescheduled.definition.executeAt == next && rescheduled.revision == 3)
    clock.advance(by: .seconds(5))
    #expect(try await settle(try await self.claimed("a"), .delivered) == .settled)
    #expect(try await apply(update) == .unchanged(try await timer("a")))
    // Nothing of a cancelled timer comes: that is not what the update asked for.
    try await create("b", in: 60)
    _ = try await apply(.cancel(CancelTimer(key: key("b"))))
    let same = UpdateTimer(key: key("b"), changes: TimerChanges(executeAt: now + .seconds(60)))
    #expect(try await apply(.update(same)) == .rejected(.notScheduled(.cancelled)))
  }

  func repeatedCreationIgnoresReschedules() async throws {
    let create = TimerCommand.create(CreateTimer(key: key("a"), definition: definition()))
    _ = try await apply(create)
    // A retry between moves the due time, and must not be taken for what was asked.
    #expect(try await settle(try await claimed("a"), .retry(at: now + .seconds(1))) == .settled)
    let asked = try await timer("a").definition.executeAt
    for turn in 1...2 {
      clock.advance(by: .seconds(10))
      let next = now + .seconds(10)
      let ending = Settlement.Ending.rescheduled(at: next, firingID: .random())
      #expect(try await settle(try await claimed("a"), ending) == .settled)
      let timer = try await timer("a")
      #expect(timer.definition.executeAt == next && timer.dueAt == next && timer.requestedExecuteAt == asked)
      #expect(timer.revision == Int64(turn) + 1)
      #expect(try await apply(create) == .repeated(timer))
    }
    let timer = try await timer("a")
    #expect(
      try await self.create("a", in: 10) == .rejected(.conflict(timer)),
      "what the receiver asked for is not what the client asked for")
    // A change of something else leaves both times as they are; a new time is what is asked for from then on.
    let payload = UpdateTimer(key: key("a"), changes: TimerChanges(payload: .some([0x31])))
    guard case .updated(let changed) = try await apply(.update(payload)) else {
      Issue.record("a rescheduled timer is updated")
      return
    }
    #expect(changed.requestedExecuteAt == asked && changed.definition.executeAt == timer.definition.executeAt)
    #expect(try await self.timer("a") == changed)
    #expect(try await apply(create) == .rejected(.conflict(changed)))
    let time = UpdateTimer(key: key("a"), changes: TimerChanges(executeAt: now + .seconds(77)))
    _ = try await apply(.update(time))
    let moved = try await self.timer("a")
    #expect(moved.requestedExecuteAt == nil && moved.definition.executeAt == now + .seconds(77))
    #expect(try await self.create("a", in: 77, payload: [0x31]) == .repeated(moved))
  }

  func repeatedCreationIgnoresDefaults() async throws {
    var partial = definition(in: 60)
    partial.retryPolicy = policy(attempts: 3, initial: .seconds(1))
    partial.gaps = TimerDefinition.Gaps.retryPolicy.subtracting(.maxAttempts)
    let create = CreateTimer(key: key("a"), definition: partial)
    guard case .created(let timer) = try await apply(.create(create)) else {
      Issue.record("a timer is created")
      return
    }
    #expect(try await self.timer("a") == timer && timer.definition.gaps == partial.gaps)
    // A node with other defaults takes the repetition.
    var elsewhere = create
    elsewhere.definition.retryPolicy = policy(attempts: 3, initial: .seconds(9))
    #expect(try await apply(.create(elsewhere)) == .repeated(timer))
    elsewhere.definition.retryPolicy = policy(attempts: 4, initial: .seconds(1))
    #expect(try await apply(.create(elsewhere)) == .rejected(.conflict(timer)))
    elsewhere.definition.retryPolicy = nil
    elsewhere.definition.gaps = []
    #expect(try await apply(.create(elsewhere)) == .rejected(.conflict(timer)))

    var fired = definition(in: 60)
    fired.destination = .kafka(KafkaDestination(topic: "one"))
    fired.gaps = .topic
    let kafka = CreateTimer(key: key("k"), definition: fired)
    _ = try await apply(.create(kafka))
    var moved = kafka
    moved.definition.destination = .kafka(KafkaDestination(topic: "two"))
    #expect(try await apply(.create(moved)) == .repeated(try await self.timer("k")))
    moved.definition.gaps = []
    #expect(try await apply(.create(moved)) == .rejected(.conflict(try await self.timer("k"))))
    // An update fills no gap but those of what it names.
    let changes = TimerChanges(
      retryPolicy: .some(policy(attempts: 2, initial: .seconds(1))), gaps: .maxInterval)
    _ = try await apply(.update(UpdateTimer(key: key("k"), changes: changes)))
    #expect(try await self.timer("k").definition.gaps == [.topic, .maxInterval])
  }

  private func policy(attempts: Int, initial: Duration) -> RetryPolicy {
    RetryPolicy(
      maxAttempts: attempts, maxAttemptsDuration: .seconds(60), initialInterval: initial,
      backoffMultiplier: 2, maxInterval: .seconds(90))
  }
}
