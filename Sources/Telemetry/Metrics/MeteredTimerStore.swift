package import TimerModel

/// A store whose operations are timed and counted. It has the optional powers that the store below it has.
package struct MeteredTimerStore<Base: TimerStore>: TimerStore {
  let base: Base
  let meters: StoreMeters

  /// Creates a decorator of `base`.
  package init(_ base: Base, _ instruments: Instruments) {
    self.base = base
    meters = StoreMeters(instruments)
  }

  /// The number of shards that the store was created with.
  package var shardCount: Int { base.shardCount }

  /// The parts of a batch that take effect as one in `base`.
  package var batchAtomicity: BatchAtomicity { base.batchAtomicity }

  /// Reads the store's clocks.
  package func time() async throws -> StoreTime {
    try await meters.measure(.time) { try await base.time() }
  }

  /// Applies commands in order, and makes what they did durable.
  package func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    try await meters.measure(.apply, commands.count) { try await base.apply(commands) }
  }

  /// Reads timers; nil for a key that has none.
  package func timers(_ keys: [TimerKey]) async throws -> [TimerModel.Timer?] {
    try await meters.measure(.timers, keys.count) { try await base.timers(keys) }
  }

  /// Claims timers for one attempt each, durably.
  package func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    try await meters.measure(.claim, request.keys.count) { try await base.claim(request) }
  }

  /// Ends claims, durably; returns one verdict per settlement, in order.
  package func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    try await meters.measure(.settle, settlements.count) { try await base.settle(settlements) }
  }

  /// Reads the scheduled timers of one shard.
  package func due(
    shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int
  ) async throws -> [DueEntry] {
    try await meters.measure(.due) {
      try await base.due(shard: shard, after: cursor, through: through, limit: limit)
    }
  }

  /// Reads timers that are overdue and under no valid claim.
  package func overdue(shards: [Int], before: Timestamp, limit: Int) async throws -> [DueEntry] {
    try await meters.measure(.overdue) {
      try await base.overdue(shards: shards, before: before, limit: limit)
    }
  }

  /// Deletes timers whose life ended long ago.
  package func purge(endedBefore before: Timestamp, limit: Int) async throws -> Int {
    let count = try await meters.measure(.purge) {
      try await base.purge(endedBefore: before, limit: limit)
    }
    meters.purged.add(count)
    return count
  }
}
