public import TimerModel

/// A store whose operations are timed and counted. It has the optional powers that the store below it has.
public struct MeteredTimerStore<Base: TimerStore>: TimerStore {
  let base: Base
  let meters: StoreMeters

  /// Makes a decorator of `base`.
  public init(_ base: Base, _ instruments: Instruments) {
    self.base = base
    meters = StoreMeters(instruments)
  }

  /// How many shards the store was created with.
  public var shardCount: Int { base.shardCount }

  /// Reads the store's clocks.
  public func time() async throws -> StoreTime {
    try await meters.measure(.time) { try await base.time() }
  }

  /// Applies commands in order, and makes what they did durable.
  public func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    try await meters.measure(.apply, commands.count) { try await base.apply(commands) }
  }

  /// Reads timers.
  public func timers(_ keys: [TimerKey]) async throws -> [TimerModel.Timer?] {
    try await meters.measure(.timers, keys.count) { try await base.timers(keys) }
  }

  /// Claims timers for one attempt each, durably.
  public func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    try await meters.measure(.claim, request.keys.count) { try await base.claim(request) }
  }

  /// Ends claims, durably.
  public func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    try await meters.measure(.settle, settlements.count) { try await base.settle(settlements) }
  }

  /// Reads the scheduled timers of one shard.
  public func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    try await meters.measure(.due) {
      try await base.due(shard: shard, after: cursor, through: through, limit: limit)
    }
  }

  /// Reads timers that are overdue and under no valid claim.
  public func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    try await meters.measure(.overdue) {
      try await base.overdue(shards: shards, before: before, limit: limit)
    }
  }

  /// Takes the leases of shards that nobody else holds.
  public func acquireLeases(
    _ shards: [Int], for node: NodeID, duration: Duration
  ) async throws -> [Int] {
    try await meters.measure(.acquireLeases, shards.count) {
      try await base.acquireLeases(shards, for: node, duration: duration)
    }
  }

  /// Extends the leases of a node.
  public func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int] {
    try await meters.measure(.renewLeases) { try await base.renewLeases(of: node, duration: duration) }
  }

  /// Gives leases back.
  public func releaseLeases(_ shards: [Int], of node: NodeID) async throws {
    try await meters.measure(.releaseLeases, shards.count) {
      try await base.releaseLeases(shards, of: node)
    }
  }

  /// Lists the leases that have not run out.
  public func leases() async throws -> [ShardLease] {
    try await meters.measure(.leases) { try await base.leases() }
  }

  /// Notes that a node lives.
  public func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord] {
    try await meters.measure(.heartbeat) { try await base.heartbeat(node, duration: duration) }
  }

  /// Notes that a node is gone for good.
  public func retire(_ node: NodeID) async throws {
    try await meters.measure(.retire) { try await base.retire(node) }
  }

  /// Lists the live nodes.
  public func nodes() async throws -> [LiveNode] {
    try await meters.measure(.nodes) { try await base.nodes() }
  }

  /// Deletes timers whose life ended long ago.
  public func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    let count = try await meters.measure(.purge) {
      try await base.purge(endedBefore: before, limit: limit)
    }
    meters.purged.add(count)
    return count
  }
}
