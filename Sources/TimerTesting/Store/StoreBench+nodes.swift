import Testing
import TimerModel

extension StoreBench {
  private func record(_ id: NodeID) -> NodeRecord {
    NodeRecord(
      id: id, startedAt: now - .seconds(3), version: "1.2", clockOffsetMicroseconds: id == node ? nil : -7,
      isDraining: id == other)
  }

  @discardableResult
  private func heartbeat(_ id: NodeID, _ seconds: Int64 = 10) async throws -> [NodeID] {
    try await store.heartbeat(record(id), duration: .seconds(seconds)).map(\.id)
  }

  func liveNodes() async throws {
    #expect(try await store.nodes().isEmpty)
    #expect(try await heartbeat(other) == [other])
    let first = record(other)
    let seenAt = now
    clock.advance(by: .seconds(6))
    #expect(try await store.heartbeat(record(node), duration: .seconds(10)) == [record(node), first])
    #expect(
      try await store.nodes() == [
        LiveNode(record: record(node), seenAt: now), LiveNode(record: first, seenAt: seenAt),
      ])
    clock.advance(by: .seconds(4))
    #expect(try await store.nodes().map(\.record.id) == [node])
    #expect(try await heartbeat(other) == [node, other])
    clock.advance(by: .seconds(5000))
    #expect(try await heartbeat(node) == [node])
  }

  func claimsOfLapsedNodesAreVoid() async throws {
    for id in ["shown", "cancelled", "updated", "claimed", "late"] { try await create(id, in: -60) }
    try await heartbeat(node, 5)
    var late: Timer?
    for id in ["shown", "cancelled", "updated", "claimed", "late"] { late = try await claimed(id) }
    let all = Array(0..<store.shardCount)
    #expect(try await store.overdue(shards: all, before: now, limit: 10).isEmpty)
    #expect(try await timer("shown").status == .delivering)
    clock.advance(by: .seconds(5))
    #expect(try await timer("shown").status == .scheduled)
    #expect(try await store.overdue(shards: all, before: now, limit: 10).count == 5)
    guard case .cancelled = try await apply(.cancel(CancelTimer(key: key("cancelled")))),
      case .updated = try await apply(
        .update(UpdateTimer(key: key("updated"), changes: TimerChanges(payload: .some([0x31])))))
    else {
      Issue.record("the claim of a node that is gone stops no change")
      return
    }
    #expect(try await claimed("claimed", by: other).attempt == 2)
    // Nobody has taken it over, so that what the node did counts.
    #expect(try await settle(try #require(late), .delivered) == .settled)
  }

  func lapsedNodesClaimNothing() async throws {
    try await create("a", in: -60)
    try await create("b", in: -60)
    try await heartbeat(node, 5)
    let first = try await claimed("a")
    clock.advance(by: .seconds(5))
    let error = await #expect(throws: StoreError.self) { _ = try await claim(["b"]) }
    #expect(error?.code == .nodeGone && error?.outcome == .notApplied)
    try await heartbeat(node, 5)
    #expect(try await timer("a").status == .delivering)
    #expect(try await claimed("b").attempt == 1)
    #expect(try await settle(first, .delivered) == .settled)
  }

  func retiredNodes() async throws {
    for id in ["a", "late"] { try await create(id, in: -60) }
    for id in [node, other] { try await heartbeat(id) }
    _ = try await claimed("a")
    let late = try await claimed("late")
    _ = try await store.acquireLeases([1, 2], for: node, duration: .seconds(10))
    _ = try await store.acquireLeases([3], for: other, duration: .seconds(10))
    for _ in 0..<2 { try await store.retire(node) }
    #expect(try await store.leases().map(\.shard) == [3])
    #expect(try await store.nodes().map(\.record.id) == [other])
    #expect(try await timer("a").status == .scheduled)
    #expect(try await heartbeat(node) == [other])
    let error = await #expect(throws: StoreError.self) { _ = try await claim(["a"]) }
    #expect(error?.code == .nodeGone)
    #expect(try await claimed("a", by: other).attempt == 2)
    #expect(try await settle(late, .delivered) == .settled)
    // One that never sent a heartbeat can be retired as well.
    try await create("c")
    _ = try await claimed("c", by: NodeID("silent"))
    #expect(try await timer("c").status == .delivering)
    try await store.retire(NodeID("silent"))
    #expect(try await timer("c").status == .scheduled)
  }
}
