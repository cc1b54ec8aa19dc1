public import TimerModel

/// A store for tests that does what another one does, but for what its own type does differently.
public protocol ForwardingTimerStore: TimerStore {
  /// The store that does the rest.
  var base: InMemoryTimerStore { get }
}

extension ForwardingTimerStore {
  /// The number of shards of `base`.
  public var shardCount: Int { base.shardCount }
  /// The parts of a batch that take effect as one in `base`.
  public var batchAtomicity: BatchAtomicity { base.batchAtomicity }
  /// Reads the clocks of `base`.
  public func time() async -> StoreTime { await base.time() }
  /// Applies commands in `base`, in order.
  public func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] { await base.apply(commands) }
  /// Reads timers of `base`; nil for a key that has none.
  public func timers(_ keys: [TimerKey]) async -> [Timer?] { await base.timers(keys) }
  /// Claims timers of `base`; throws what it throws.
  public func claim(_ request: ClaimRequest) async throws -> ClaimReply { try await base.claim(request) }
  /// Ends claims in `base`; returns one verdict per settlement, in order.
  public func settle(_ settlements: [Settlement]) async -> [SettleVerdict] { await base.settle(settlements) }
  /// Reads a page of a shard of `base`, by due time, then key.
  public func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) async -> [DueEntry] {
    await base.due(shard: shard, after: cursor, through: through, limit: limit)
  }
  /// Reads overdue timers of `base`; those under a valid claim are left out.
  public func overdue(shards: [Int], before: Timestamp, limit: Int) async -> [DueEntry] {
    await base.overdue(shards: shards, before: before, limit: limit)
  }
  /// Deletes ended timers of `base`, and returns how many.
  public func purge(endedBefore before: Timestamp, limit: Int) async -> Int {
    await base.purge(endedBefore: before, limit: limit)
  }
}
