import Testing
import TimerModel

extension CommandLogHarness {
  func cancelsWriteMessages() async throws {
    for id in ["a", "b", "claimed"] { try await timers.create(id) }
    _ = try await timers.claimed("claimed")
    func cancel(_ id: String, _ text: String) -> TimerCommand {
      .cancel(CancelTimer(key: timers.key(id), messages: [message(text)]))
    }
    // The second cancel of a batch, one of a timer that is being delivered, and one of none take no effect.
    _ = try await log.apply([
      cancel("a", "a"), cancel("a", "again"), cancel("claimed", "late"), cancel("none", "none"),
    ])
    _ = try await log.apply([cancel("a", "later")])
    try await apply([cancel("b", "b"), cancel("b", "twice"), cancel("a", "once more")], from: nil, to: 3)
    // One that this batch itself creates.
    try await apply([create("c"), cancel("c", "c")], from: 3, to: 5)
    #expect(try await outbox() == ["a", "b", "c"])
  }

  func settlementsWriteMessages() async throws {
    for id in ["a", "b", "c", "plain"] { try await timers.create(id) }
    var settlements: [Settlement] = []
    for id in ["a", "b", "c", "plain"] {
      let timer = try await timers.claimed(id)
      let texts = id == "plain" ? [] : id == "b" ? ["b1", "b2"] : [id]
      settlements.append(
        Settlement(
          key: timer.key, fence: timer.fence, ending: id == "c" ? .retry(at: timers.now) : .dead,
          attempt: nil, messages: texts.map { message($0) }))
    }
    var lost = settlements[0]
    lost.fence.claimNumber += 1
    lost.messages = [message("lost")]
    #expect(try await log.settle([lost]) == [.lost])
    #expect(try await outbox() == [])
    // In the order of the batch or of its keys, but each timer's in their own order.
    let verdicts = try await log.settle([
      settlements[1], lost, settlements[3], settlements[0], settlements[1],
    ])
    #expect(verdicts == [.settled, .lost, .settled, .settled, .lost])
    #expect(try await outbox().sorted() == ["a", "b1", "b2"])
    #expect(try await outbox().filter { $0.hasPrefix("b") } == ["b1", "b2"])
    // A repeated settlement writes nothing, beside one that takes effect.
    #expect(try await log.settle([settlements[0], settlements[2]]) == [.lost, .settled])
    #expect(try await outbox().last == "c")
    // What a later claim of the same timer writes comes later.
    let again = try await timers.claimed("c")
    let second = Settlement(
      key: again.key, fence: again.fence, ending: .delivered, attempt: nil, messages: [message("c2")])
    #expect(try await log.settle([second]) == [.settled])
    #expect(try await outbox().suffix(2) == ["c", "c2"])
  }

  func messagesKeepEveryField() async throws {
    let messages = [
      OutboxMessage(
        shard: log.shardCount - 1, topic: "a.b-c_d", key: [0, 255],
        headers: [
          Header(name: "x", value: "1 \"2\"\n"), Header(name: "x", value: ""), Header(name: "ü", value: "𝄞"),
        ], value: [0, 1, 255]),
      OutboxMessage(shard: 0, topic: "tombstone", key: [], headers: [], value: nil),
      OutboxMessage(shard: 0, topic: "empty", key: nil, headers: [], value: []),
      OutboxMessage(
        shard: 7, topic: "large", key: nil, headers: [], value: Array(repeating: 0x5a, count: 300 << 10)),
    ]
    try await apply([], from: nil, to: 1) { _ in messages }
    #expect(try await entries().map(\.message) == messages)
  }

  func pages() async throws {
    let messages = (0..<20).map { number in
      OutboxMessage(
        shard: number % 4, topic: number % 3 == 0 ? "three" : "t", key: nil, headers: [],
        value: Array(repeating: UInt8(number), count: 100))
    }
    try await apply([], from: nil, to: 1) { _ in messages }
    func numbers(_ page: OutboxPage) async throws -> [UInt8] {
      try await entries(page).compactMap { $0.message.value?.first }
    }
    #expect(try await numbers(OutboxPage(shards: [1, 2], limit: 5)) == [1, 2, 5, 6, 9])
    #expect(try await numbers(OutboxPage(shards: [0], excludedTopics: ["three"])) == [4, 8, 16])
    #expect(try await numbers(OutboxPage(shards: [0], excludedTopics: ["three", "t"])) == [])
    #expect(try await numbers(OutboxPage(shards: [0, 1], byteLimit: 350)) == [0, 1, 4])
    #expect(try await numbers(OutboxPage(shards: [3], byteLimit: 1)) == [3])
    #expect(try await numbers(OutboxPage(shards: [])) == [])
    #expect(try await log.outboxCount(limit: 100) == 20)
    #expect(try await log.outboxCount(limit: 7) == 7)
  }

  func removal() async throws {
    try await apply([], from: nil, to: 1) { _ in ["a", "b", "c"].map { message($0) } }
    let positions = try await entries().map(\.position)
    #expect(positions == positions.sorted() && Set(positions).count == 3)
    try await log.removeFromOutbox([positions[2], 1_000_000, positions[0]])
    try await log.removeFromOutbox([positions[2]])
    try await log.removeFromOutbox([])
    #expect(try await outbox() == ["b"])
    // The position of a message that is gone is never another's.
    try await log.removeFromOutbox([positions[1]])
    try await apply([], from: 1, to: 2) { _ in [message("d")] }
    #expect(try await entries().allSatisfy { $0.position > positions[2] })
    #expect(try await outbox() == ["d"])
  }
}
