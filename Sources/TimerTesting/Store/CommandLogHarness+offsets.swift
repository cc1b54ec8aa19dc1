import Testing
import TimerModel

extension CommandLogHarness {
  func batchesAdvanceOffset() async throws {
    #expect(try await offset() == nil)
    guard case .applied(let first) = try await apply([create("a"), create("b")], from: nil, to: 2) else {
      Issue.record("the first batch of a partition counts")
      return
    }
    #expect(first.count == 2)
    #expect(try await offset() == 2)
    // Invalid records move the offset as well.
    #expect(try await apply([], from: 2, to: 7) == .applied([]))
    guard case .applied(let third) = try await apply([create("c")], from: 7, to: 8) else {
      Issue.record("the next batch counts")
      return
    }
    #expect(third.count == 1)
    #expect(try await log.offsets(of: [source(), source(3), source(group: "other")]) == [8, nil, nil])
    #expect(try await timers.timer("c").status == .scheduled)
  }

  func staleBatchesDoNothing() async throws {
    #expect(try await apply([create("early")], from: 0, to: 1) == .stale(storedOffset: nil))
    #expect(try await offset() == nil)
    try await apply([create("a")], from: nil, to: 5)
    let batches: [[TimerCommand]] = [
      [create("b")], [.cancel(CancelTimer(key: timers.key("a"))), create("b")], [],
    ]
    for commands in batches {
      for expected in [nil, 0, 4, 6] as [Int64?] {
        let result = try await apply(commands, from: expected, to: 9) { _ in
          [OutboxMessage(shard: 0, topic: "t", key: nil, headers: [], value: nil)]
        }
        #expect(result == .stale(storedOffset: 5))
      }
    }
    #expect(try await offset() == 5)
    #expect(try await timers.timer("a").status == .scheduled)
    #expect(try await log.timers([timers.key("b"), timers.key("early")]) == [nil, nil])
    #expect(try await outbox() == [])
  }

  func batchesKeepOrder() async throws {
    try await apply([create("old")], from: nil, to: 1)
    let later = timers.now + .seconds(500)
    let commands: [TimerCommand] = [
      create("new"),
      .update(UpdateTimer(key: timers.key("new"), changes: TimerChanges(executeAt: later))),
      .cancel(CancelTimer(key: timers.key("new"))), create("old"),
      create("old", in: 61), .cancel(CancelTimer(key: timers.key("none"))), create("last"),
    ]
    guard case .applied(let results) = try await apply(commands, from: 1, to: 8) else {
      Issue.record("a mixed batch counts")
      return
    }
    let names = results.map { "\($0)".prefix { $0 != "(" } }
    #expect(
      names == ["created", "updated", "cancelled", "repeated", "rejected", "rejected", "created"])
    let new = try await timers.timer("new")
    #expect(new.status == .cancelled && new.revision == 2 && new.definition.executeAt == later)
    #expect(try await offset() == 8)
  }

  func resultsWriteMessages() async throws {
    let messages: @Sendable ([CommandResult]) -> [OutboxMessage] = { results in
      results.enumerated().compactMap { index, result in
        guard case .rejected = result else { return nil }
        return OutboxMessage(
          shard: 1, topic: "rejected", key: nil, headers: [], value: Array("\(index)".utf8))
      }
    }
    try await apply([create("a"), create("b")], from: nil, to: 2, messages: messages)
    #expect(try await outbox() == [])
    try await apply(
      [create("a", in: 7), create("c"), create("b", in: 7)], from: 2, to: 5, messages: messages)
    #expect(try await outbox() == ["0", "2"])
    // Without any command, as where none of the records was one; and with creations of new timers only.
    try await apply([], from: 5, to: 6) { _ in [message("unreadable")] }
    try await apply([create("d")], from: 6, to: 8) { _ in [message("beside a creation")] }
    #expect(try await outbox() == ["0", "2", "unreadable", "beside a creation"])
    #expect(try await entries().map(\.createdAt) == Array(repeating: timers.now, count: 4))
  }

  func partitionsAreIndependent() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for partition in Int32(0)..<4 {
        group.addTask {
          var offset: Int64?
          for round in 0..<6 {
            let ids = (0..<20).map { "t\((partition % 2 == 0 ? $0 : 19 - $0) + round * 5)" }
            let commands = ids.map { create($0, in: 60 + Int64(partition)) }
            let next = (offset ?? 0) + 20
            guard case .applied = try await apply(commands, from: offset, to: next, partition: partition)
            else {
              Issue.record("no other consumer reads partition \(partition)")
              return
            }
            offset = next
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await log.offsets(of: (0..<4).map { source($0) }) == [120, 120, 120, 120])
  }
}
