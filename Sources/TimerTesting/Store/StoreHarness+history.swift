import Testing
import TimerModel

// What stays known of a timer's past.
extension StoreHarness {
  func claimsAreKept() async throws {
    try await create("a")
    let first = try await claimed("a")
    #expect(try await store.settle([released(first, "one")]).first == .settled)
    let second = try await claimed("a")
    #expect(try await store.settle([released(second, "two")]).first == .settled)
    let given = try await timer("a")
    #expect(given.attempts == [released(second, "two").attempt] && given.firstAttemptAt == nil)
    // A third claim makes an attempt, a fourth runs out and is taken over, and so is a fifth by a change of the timer.
    #expect(try await settle(try await claimed("a"), .retry(at: now)) == .settled)
    _ = try await claimed("a")
    clock.advance(by: .seconds(10))
    _ = try await claimed("a", by: other)
    var lost = [lost(2, by: node)]
    #expect(try await timer("a").attempts.dropFirst(2) == lost[...])
    clock.advance(by: .seconds(10))
    guard case .updated = try await apply(.update(UpdateTimer(key: key("a"), changes: inAMinute))) else {
      Issue.record("a void claim does not stop an update")
      return
    }
    lost.append(self.lost(3, by: other))
    let changed = try await timer("a")
    #expect(changed.attempts.dropFirst(2) == lost[...])
    #expect(changed.attempts.map(\.result) == [.released, .failed, .lost, .lost])
    #expect(changed.claimNumber == 5 && changed.attempt == 0)
    // A node's name may need escaping.
    clock.advance(by: .seconds(60))
    _ = try await claimed("a", by: NodeID("node \"3\""))
    clock.advance(by: .seconds(10))
    _ = try await claimed("a")
    #expect(try await timer("a").attempts.last == self.lost(1, by: NodeID("node \"3\"")))
  }

  func creatorsAreKept() async throws {
    let coordinates = KafkaCoordinates(topic: "timer-commands", partition: 7, offset: 12_345_678_901)
    let create = CreateTimer(key: key("a"), definition: definition(), record: coordinates)
    guard case .created(let created) = try await apply(.create(create)) else {
      Issue.record("a timer is created")
      return
    }
    #expect(created.createdBy == coordinates)
    // A repeated creation does not count as one.
    var again = create
    again.record = nil
    guard case .repeated(let same) = try await apply(.create(again)) else {
      Issue.record("a record and a request may ask for the same")
      return
    }
    #expect(same.createdBy == coordinates)
    let claimed = try await claimed("a")
    #expect(claimed.createdBy == coordinates)
    #expect(try await settle(claimed, .retry(at: now)) == .settled)
    _ = try await apply(.update(UpdateTimer(key: key("a"), changes: inAMinute)))
    let timer = try await timer("a")
    #expect(timer.createdBy == coordinates && timer.attempts.count == 1 && timer.revision == 2)
    try await self.create("b")
    #expect(try await self.timer("b").createdBy == nil)
  }

  private var inAMinute: TimerChanges { TimerChanges(executeAt: now + .seconds(60)) }

  private func released(_ timer: Timer, _ why: String) -> Settlement {
    let record = AttemptRecord(
      number: timer.attempt, startedAt: now, durationMilliseconds: 0, result: .released, error: why,
      node: node, claimedAt: now - .milliseconds(40))
    return Settlement(
      key: timer.key, fence: timer.fence, ending: .released(dueAt: now), attempt: record)
  }

  private func lost(_ number: Int, by node: NodeID) -> AttemptRecord {
    AttemptRecord(
      number: number, startedAt: now, durationMilliseconds: 0, result: .lost,
      error: AttemptRecord.lostText, node: node)
  }
}
