import Testing
public import TimerModel

/// A fresh store that several nodes share, for `NodeRegistryConformance`.
public struct NodeRegistryHarness: Sendable {
  let store: any TimerStore & NodeRegistry
  let timers: StoreHarness

  /// Creates a harness around a store that is empty and takes its time from `clock`.
  public init(store: any TimerStore & NodeRegistry, clock: ManualClock) {
    self.store = store
    timers = StoreHarness(store: store, clock: clock)
  }

  private func record(_ id: NodeID) -> NodeRecord {
    NodeRecord(
      id: id, startedAt: timers.now - .seconds(3), version: "1.2",
      clockOffsetMicroseconds: id == timers.node ? nil : -7,
      isDraining: id == timers.other)
  }

  @discardableResult
  private func heartbeat(_ id: NodeID, _ seconds: Int64 = 10) async throws -> [NodeID] {
    try await store.heartbeat(record(id), duration: .seconds(seconds)).map(\.id)
  }

  func liveNodes() async throws {
    #expect(try await store.nodes().isEmpty)
    #expect(try await heartbeat(timers.other) == [timers.other])
    let first = record(timers.other)
    let seenAt = timers.now
    timers.clock.advance(by: .seconds(6))
    #expect(
      try await store.heartbeat(record(timers.node), duration: .seconds(10)) == [record(timers.node), first])
    #expect(
      try await store.nodes() == [
        LiveNode(record: record(timers.node), seenAt: timers.now), LiveNode(record: first, seenAt: seenAt),
      ])
    timers.clock.advance(by: .seconds(4))
    #expect(try await store.nodes().map(\.record.id) == [timers.node])
    #expect(try await heartbeat(timers.other) == [timers.node, timers.other])
    timers.clock.advance(by: .seconds(5000))
    #expect(try await heartbeat(timers.node) == [timers.node])
  }

  func claimsOfLapsedNodesAreVoid() async throws {
    for id in ["shown", "cancelled", "updated", "claimed", "late"] { try await timers.create(id, in: -60) }
    try await heartbeat(timers.node, 5)
    var late: Timer?
    for id in ["shown", "cancelled", "updated", "claimed", "late"] { late = try await timers.claimed(id) }
    let all = Array(0..<store.shardCount)
    #expect(try await store.overdue(shards: all, before: timers.now, limit: 10).isEmpty)
    #expect(try await timers.timer("shown").status == .delivering)
    timers.clock.advance(by: .seconds(5))
    #expect(try await timers.timer("shown").status == .scheduled)
    #expect(try await store.overdue(shards: all, before: timers.now, limit: 10).count == 5)
    guard case .cancelled = try await timers.apply(.cancel(CancelTimer(key: timers.key("cancelled")))),
      case .updated = try await timers.apply(
        .update(UpdateTimer(key: timers.key("updated"), changes: TimerChanges(payload: .some([0x31])))))
    else {
      Issue.record("the claim of a node that is gone stops no change")
      return
    }
    #expect(try await timers.claimed("claimed", by: timers.other).attempt == 2)
    // Nobody has taken it over, so that what the timers.node did counts.
    #expect(try await timers.settle(try #require(late), .delivered) == .settled)
  }

  func lapsedNodesClaimNothing() async throws {
    try await timers.create("a", in: -60)
    try await timers.create("b", in: -60)
    try await heartbeat(timers.node, 5)
    let first = try await timers.claimed("a")
    timers.clock.advance(by: .seconds(5))
    let error = await #expect(throws: StoreError.self) { _ = try await timers.claim(["b"]) }
    #expect(error?.code == .nodeGone && error?.outcome == .notApplied)
    try await heartbeat(timers.node, 5)
    #expect(try await timers.timer("a").status == .delivering)
    #expect(try await timers.claimed("b").attempt == 1)
    #expect(try await timers.settle(first, .delivered) == .settled)
  }

  func retiredNodes() async throws {
    for id in ["a", "late"] { try await timers.create(id, in: -60) }
    for id in [timers.node, timers.other] { try await heartbeat(id) }
    _ = try await timers.claimed("a")
    let late = try await timers.claimed("late")
    _ = try await store.acquireLeases([1, 2], for: timers.node, duration: .seconds(10))
    _ = try await store.acquireLeases([3], for: timers.other, duration: .seconds(10))
    for _ in 0..<2 { try await store.retire(timers.node) }
    #expect(try await store.leases().map(\.shard) == [3])
    #expect(try await store.nodes().map(\.record.id) == [timers.other])
    #expect(try await timers.timer("a").status == .scheduled)
    #expect(try await heartbeat(timers.node) == [timers.other])
    let error = await #expect(throws: StoreError.self) { _ = try await timers.claim(["a"]) }
    #expect(error?.code == .nodeGone)
    #expect(try await timers.claimed("a", by: timers.other).attempt == 2)
    let lost = try await timers.timer("a").attempts
    #expect(lost.map(\.result) == [.lost] && lost.map(\.node) == [timers.node])
    #expect(try await timers.settle(late, .delivered) == .settled)
    // One that never sent a heartbeat can be retired as well.
    try await timers.create("c")
    _ = try await timers.claimed("c", by: NodeID("silent"))
    #expect(try await timers.timer("c").status == .delivering)
    try await store.retire(NodeID("silent"))
    #expect(try await timers.timer("c").status == .scheduled)
  }

  func leases() async throws {
    #expect(try await store.acquireLeases([1, 2, 3], for: timers.node, duration: .seconds(10)) == [1, 2, 3])
    #expect(try await store.acquireLeases([2, 3, 4], for: timers.other, duration: .seconds(10)) == [4])
    timers.clock.advance(by: .seconds(6))
    #expect(try await store.renewLeases(of: timers.node, duration: .seconds(10)) == [1, 2, 3])
    timers.clock.advance(by: .seconds(5))
    #expect(try await store.leases().map(\.shard) == [1, 2, 3])
    #expect(try await store.renewLeases(of: timers.other, duration: .seconds(10)) == [])
    try await store.releaseLeases([1, 4], of: timers.node)
    try await store.releaseLeases([2], of: timers.other)
    #expect(try await store.leases().map(\.node) == [timers.node, timers.node])
    #expect(try await store.acquireLeases([1, 2], for: timers.other, duration: .seconds(10)) == [1])
    timers.clock.advance(by: .seconds(20))
    #expect(try await store.acquireLeases([2, 3], for: timers.other, duration: .seconds(10)) == [2, 3])
  }
}
