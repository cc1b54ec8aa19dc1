package import TimerModel

extension MeteredTimerStore: CommandLogStore where Base: CommandLogStore {
  /// Applies a batch and records its offset.
  package func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    try await meters.measure(.applyLog, batch.commands.count) {
      try await base.apply(batch, messages: messages)
    }
  }

  /// Reads the positions on record.
  package func positions(of sources: [CommandSource]) async throws -> [LogPositions] {
    try await meters.measure(.offsets, sources.count) { try await base.positions(of: sources) }
  }

  /// Returns the latest time by which timers have been purged.
  package func purgedBefore() async throws -> Timestamp? {
    try await meters.measure(.offsets) { try await base.purgedBefore() }
  }
}

extension MeteredTimerStore: TimerOutbox where Base: TimerOutbox {
  /// Reads messages, oldest first; those of one timer in the order of its changes.
  package func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    try await meters.measure(.outbox) { try await base.outbox(page) }
  }

  /// Forgets messages that were published.
  package func removeFromOutbox(_ positions: [Int64]) async throws {
    try await meters.measure(.removeFromOutbox, positions.count) {
      try await base.removeFromOutbox(positions)
    }
  }

  /// Returns the number of waiting messages.
  package func outboxCount(limit: Int) async throws -> Int {
    try await meters.measure(.outboxCount) { try await base.outboxCount(limit: limit) }
  }
}

extension MeteredTimerStore: NodeRegistry where Base: NodeRegistry {
  /// Takes the leases of shards that nobody else holds.
  package func acquireLeases(
    _ shards: [Int], for node: NodeID, duration: Duration
  ) async throws -> [Int] {
    try await meters.measure(.acquireLeases, shards.count) {
      try await base.acquireLeases(shards, for: node, duration: duration)
    }
  }

  /// Extends the leases of a node that have not run out.
  package func renewLeases(of node: NodeID, duration: Duration) async throws -> [Int] {
    try await meters.measure(.renewLeases) { try await base.renewLeases(of: node, duration: duration) }
  }

  /// Releases leases; those that `node` does not hold are left alone.
  package func releaseLeases(_ shards: [Int], of node: NodeID) async throws {
    try await meters.measure(.releaseLeases, shards.count) {
      try await base.releaseLeases(shards, of: node)
    }
  }

  /// Lists the leases that have not run out.
  package func leases() async throws -> [ShardLease] {
    try await meters.measure(.leases) { try await base.leases() }
  }

  /// Notes that a node lives.
  package func heartbeat(_ node: NodeRecord, duration: Duration) async throws -> [NodeRecord] {
    try await meters.measure(.heartbeat) { try await base.heartbeat(node, duration: duration) }
  }

  /// Notes that a node is gone for good.
  package func retire(_ node: NodeID) async throws {
    try await meters.measure(.retire) { try await base.retire(node) }
  }

  /// Lists the live nodes by id.
  package func nodes() async throws -> [LiveNode] {
    try await meters.measure(.nodes) { try await base.nodes() }
  }
}

extension MeteredTimerStore: TimerSearch where Base: TimerSearch {
  /// Reads a part of an index, in its order.
  package func scan(_ scan: TimerScan) async throws -> ScannedTimers {
    try await meters.measure(.scan) { try await base.scan(scan) }
  }

  /// Counts timers by the phase that is stored.
  package func phaseCounts(groupID: String?, limit: Int) async throws -> [TimerModel.Timer.Phase: Int]? {
    try await meters.measure(.phaseCounts) { try await base.phaseCounts(groupID: groupID, limit: limit) }
  }

  /// Lists groups with their counts.
  package func groups(after groupID: String?, limit: Int, entries: Int) async throws -> [GroupCounts] {
    try await meters.measure(.groups) {
      try await base.groups(after: groupID, limit: limit, entries: entries)
    }
  }
}
