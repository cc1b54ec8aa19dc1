public import TimerModel

/// A store for tests that does what another one does, but for what its own type does differently.
public protocol ForwardingTimerStore: TimerStore {
  /// The store that does the rest.
  var base: InMemoryTimerStore { get }
}

extension ForwardingTimerStore {
  /// As `base`.
  public var shardCount: Int { base.shardCount }
  /// As `base`.
  public var batchAtomicity: BatchAtomicity { base.batchAtomicity }
  /// As `base`.
  public func time() async -> StoreTime { await base.time() }
  /// As `base`.
  public func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] { await base.apply(commands) }
  /// As `base`.
  public func timers(_ keys: [TimerKey]) async -> [Timer?] { await base.timers(keys) }
  /// As `base`.
  public func claim(_ request: ClaimRequest) async throws -> ClaimReply { try await base.claim(request) }
  /// As `base`.
  public func settle(_ settlements: [Settlement]) async -> [SettleVerdict] { await base.settle(settlements) }
  /// As `base`.
  public func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) async -> [DueEntry] {
    await base.due(shard: shard, after: cursor, through: through, limit: limit)
  }
  /// As `base`.
  public func overdue(shards: [Int], before: Timestamp, limit: Int) async -> [DueEntry] {
    await base.overdue(shards: shards, before: before, limit: limit)
  }
  /// As `base`.
  public func purge(endedBefore before: Timestamp, limit: Int) async -> Int {
    await base.purge(endedBefore: before, limit: limit)
  }
}
