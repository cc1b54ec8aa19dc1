import Synchronization
import TimerModel
import TimerTesting

/// A store that keeps no offsets, and that can apply commands without ever saying so.
final class PlainStore: TimerStore {
  private let base: InMemoryTimerStore
  private let keys = Mutex<[String]>([])
  private let silentAt = Mutex<String?>(nil)

  init(_ base: InMemoryTimerStore) { self.base = base }

  /// The timers of all commands that were applied, in order.
  var applied: [String] { keys.withLock(\.self) }

  /// From the batch with a command for this timer on, applies commands and gives no answer until its caller is cancelled.
  func fallSilent(at timerID: String?) { silentAt.withLock { $0 = timerID } }

  var shardCount: Int { base.shardCount }
  func time() async -> StoreTime { await base.time() }

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let results = await base.apply(commands)
    keys.withLock { $0 += commands.map(\.key.timerID) }
    if silentAt.withLock({ last in commands.contains { $0.key.timerID == last } }) {
      try await Task.sleep(for: .seconds(3600))  // Until it is cancelled, as all that a killed node does.
    }
    return results
  }

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
