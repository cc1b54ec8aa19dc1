import Synchronization
public import TimerModel

/// A store that lives and dies with its process, for unit tests and simulation.
public final class InMemoryTimerStore: CommandLogStore, TimerOutbox, NodeRegistry, TimerSearch {
  /// The number of shards that the store was created with.
  public let shardCount: Int
  private let table: Mutex<TimerTable>
  private let clock: any NodeClock

  /// Creates an empty store that takes its time from `clock`.
  public init(shardCount: Int = Shard.defaultCount, clock: any NodeClock) {
    self.shardCount = shardCount
    self.clock = clock
    table = Mutex(TimerTable(shardCount: shardCount))
  }

  private var now: StoreTime {
    let moment = clock.now()
    return StoreTime(
      wall: moment.store, lease: Timestamp(milliseconds: moment.monotonic.microseconds / 1000))
  }

  /// Returns the node's clocks; leases follow the monotonic one.
  public func time() async -> StoreTime { now }

  /// Applies commands in order.
  public func apply(_ commands: [TimerCommand]) async -> [CommandResult] {
    table.withLock { $0.apply(commands, at: now) }
  }

  /// Reads timers; nil for a key that has none.
  public func timers(_ keys: [TimerKey]) async -> [Timer?] { table.withLock { $0.timers(keys, at: now) } }

  /// Claims timers for one attempt each.
  ///
  /// - Throws: `StoreError` with code `nodeGone` if the node has retired, or has let its heartbeat run out.
  public func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    try table.withLock { try $0.claim(request, at: now) }
  }

  /// Ends claims; returns one verdict per settlement, in order.
  public func settle(_ settlements: [Settlement]) async -> [SettleVerdict] {
    table.withLock { $0.settle(settlements, at: now) }
  }

  /// Applies commands with the offset up to which their partition was read.
  public func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async -> CommandBatchResult {
    table.withLock { $0.apply(batch, messages: messages, at: now) }
  }

  /// Reads the positions on record.
  public func positions(of sources: [CommandSource]) async -> [LogPositions] {
    table.withLock { $0.positions(of: sources) }
  }

  /// Reads the offsets on record.
  public func offsets(of sources: [CommandSource]) async -> [Int64?] {
    await positions(of: sources).map(\.own?.offset)
  }

  /// Returns the latest time by which timers have been purged.
  public func purgedBefore() async -> Timestamp? { table.withLock(\.purgedBefore) }

  /// Reads messages, oldest first; those of one timer in the order of its changes.
  public func outbox(_ page: OutboxPage) async -> [OutboxEntry] { table.withLock { $0.outbox(page) } }

  /// Forgets messages that were published; unknown positions are passed over.
  public func removeFromOutbox(_ positions: [Int64]) async {
    table.withLock { $0.removeFromOutbox(positions) }
  }

  /// Returns the number of waiting messages.
  public func outboxCount(limit: Int) async -> Int { table.withLock { $0.outboxCount(limit: limit) } }

  /// Reads a page of a shard.
  public func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) async -> [DueEntry] {
    table.withLock { $0.due(shard: shard, after: cursor, through: through, limit: limit) }
  }

  /// Reads what is overdue.
  public func overdue(shards: [Int], before: Timestamp, limit: Int) async -> [DueEntry] {
    table.withLock { $0.overdue(shards: shards, before: before, limit: limit, at: now) }
  }

  /// Takes the leases that no other node holds; returns the shards that `node` now holds.
  public func acquireLeases(_ shards: [Int], for node: NodeID, duration: Duration) async -> [Int] {
    table.withLock { $0.acquireLeases(shards, for: node, duration: duration, at: now) }
  }

  /// Extends the leases of `node` that have not run out; returns their shards.
  public func renewLeases(of node: NodeID, duration: Duration) async -> [Int] {
    table.withLock { $0.renewLeases(of: node, duration: duration, at: now) }
  }

  /// Releases leases; those that `node` does not hold are left alone.
  public func releaseLeases(_ shards: [Int], of node: NodeID) async {
    table.withLock { $0.releaseLeases(shards, of: node) }
  }

  /// Lists the leases that have not run out.
  public func leases() async -> [ShardLease] { table.withLock { $0.leases(at: now) } }

  /// Notes that a node lives.
  public func heartbeat(_ node: NodeRecord, duration: Duration) async -> [NodeRecord] {
    table.withLock { $0.heartbeat(node, duration: duration, at: now) }
  }

  /// Notes that a node is gone.
  public func retire(_ node: NodeID) async { table.withLock { $0.retire(node, at: now) } }

  /// Lists the live nodes by id.
  public func nodes() async -> [LiveNode] { table.withLock { $0.nodes(at: now) } }

  /// Reads a part of an index.
  public func scan(_ scan: TimerScan) async -> ScannedTimers { table.withLock { $0.scan(scan, at: now) } }

  /// Counts timers by phase; whatever their number, so that `limit` means nothing.
  public func phaseCounts(groupID: String?, limit: Int) async -> [Timer.Phase: Int]? {
    table.withLock { $0.phaseCounts(groupID: groupID) }
  }

  /// Lists groups with their counts, by name.
  public func groups(after groupID: String?, limit: Int, entries: Int) async -> [GroupCounts] {
    table.withLock { $0.groups(after: groupID, limit: limit, entries: entries) }
  }

  /// Deletes what ended long ago.
  public func purge(endedBefore before: Timestamp, limit: Int) async -> Int {
    table.withLock { $0.purge(endedBefore: before, limit: limit) }
  }
}
