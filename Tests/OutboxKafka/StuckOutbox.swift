import TimerModel
import TimerTesting

/// A store whose outbox cannot be emptied, as of a node that is killed before it does so.
struct StuckOutbox: TimerOutbox {
  private let base: InMemoryTimerStore

  init(_ base: InMemoryTimerStore) { self.base = base }

  var shardCount: Int { base.shardCount }
  func time() async -> StoreTime { await base.time() }
  func outbox(_ page: OutboxPage) async -> [OutboxEntry] { await base.outbox(page) }
  func outboxCount(limit: Int) async -> Int { await base.outboxCount(limit: limit) }

  func removeFromOutbox(_ positions: [Int64]) async throws {
    throw StoreError(code: .unavailable, message: "stuck")
  }

  func apply(_ commands: [TimerCommand]) async -> [CommandResult] { await base.apply(commands) }
  func timers(_ keys: [TimerKey]) async -> [Timer?] { await base.timers(keys) }
  func claim(_ request: ClaimRequest) async throws -> ClaimReply { try await base.claim(request) }
  func settle(_ settlements: [Settlement]) async -> [SettleVerdict] { await base.settle(settlements) }

  func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) async -> [DueEntry] {
    await base.due(shard: shard, after: cursor, through: through, limit: limit)
  }

  func overdue(shards: [Int], before: Timestamp, limit: Int) async -> [DueEntry] {
    await base.overdue(shards: shards, before: before, limit: limit)
  }

  func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async -> [Int] {
    await base.acquireLeases(shards, for: node, duration: duration)
  }

  func renewLeases(of node: NodeID, duration: Duration) async -> [Int] {
    await base.renewLeases(of: node, duration: duration)
  }

  func releaseLeases(_ shards: [Int], of node: NodeID) async { await base.releaseLeases(shards, of: node) }
  func leases() async -> [ShardLease] { await base.leases() }

  func heartbeat(_ node: NodeRecord, duration: Duration) async -> [NodeRecord] {
    await base.heartbeat(node, duration: duration)
  }

  func retire(_ node: NodeID) async { await base.retire(node) }
  func nodes() async -> [LiveNode] { await base.nodes() }
  func purge(endedBefore before: Timestamp, limit: Int) async -> Int {
    await base.purge(endedBefore: before, limit: limit)
  }
}
