import Testing
import TimerModel

extension StoreHarness {
  func duePages() async throws {
    for number in 0..<40 { try await create("t\(number)", in: Int64(number % 7)) }
    try await create("far", in: 1000)
    try await create("done")
    _ = try await settle(try await claimed("done"), .delivered)
    var seen: [DueEntry] = []
    for shard in 0..<store.shardCount {
      var cursor: DueEntry?
      while true {
        let page = try await store.due(shard: shard, after: cursor, through: now + .seconds(6), limit: 3)
        #expect(page.allSatisfy { $0.shard == shard && Shard.of($0.key, count: store.shardCount) == shard })
        let ordered = ([cursor].compactMap { $0 } + page).map { ($0.dueAt, $0.key) }
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0 < $1 })
        seen += page
        cursor = page.last
        if page.count < 3 { break }
      }
    }
    #expect(Set(seen.map(\.key.timerID)) == Set((0..<40).map { "t\($0)" }) && seen.count == 40)
  }

  func overdueTimers() async throws {
    for id in ["old", "older", "claimed", "void"] { try await create(id, in: id == "older" ? -9 : -5) }
    try await create("new", in: 5)
    _ = try await claimed("void")
    clock.advance(by: .seconds(10))
    _ = try await claimed("claimed")
    let all = Array(0..<store.shardCount)
    let found = try await store.overdue(shards: all, before: now - .seconds(8), limit: 10)
    #expect(Set(found.map(\.key.timerID)) == ["old", "older", "void"])
    #expect(try await store.overdue(shards: all, before: now - .seconds(8), limit: 2).count == 2)
    let shard = Shard.of(key("older"), count: store.shardCount)
    let others = all.filter { $0 != shard }
    #expect(
      try await !store.overdue(shards: others, before: now, limit: 10).contains { $0.key == key("older") })
  }

  func purge() async throws {
    for id in ["a", "b", "c", "waiting"] { try await create(id) }
    for id in ["a", "b"] { _ = try await settle(try await claimed(id), .delivered) }
    clock.advance(by: .seconds(100))
    _ = try await apply(.cancel(CancelTimer(key: key("c"))))
    #expect(try await store.purge(endedBefore: now - .seconds(50), limit: 1) == 1)
    #expect(try await store.purge(endedBefore: now - .seconds(50), limit: 10) == 1)
    #expect(try await store.purge(endedBefore: now - .seconds(50), limit: 10) == 0)
    let left = try await store.timers(["a", "b", "c", "waiting"].map(key))
    #expect(left.map { $0?.phase } == [nil, nil, .cancelled, .scheduled])
  }
}
