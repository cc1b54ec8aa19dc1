public import TimerModel

extension MeteredTimerStore: CommandLogStore where Base: CommandLogStore {
  /// Applies a batch and records its offset.
  public func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    try await meters.measure(.applyLog, batch.commands.count) {
      try await base.apply(batch, messages: messages)
    }
  }

  /// Reads the positions on record.
  public func positions(of sources: [CommandSource]) async throws -> [LogPositions] {
    try await meters.measure(.offsets, sources.count) { try await base.positions(of: sources) }
  }

  /// Returns the latest time by which timers have been purged.
  public func purgedBefore() async throws -> Timestamp? {
    try await meters.measure(.offsets) { try await base.purgedBefore() }
  }
}

extension MeteredTimerStore: TimerOutbox where Base: TimerOutbox {
  /// Reads messages.
  public func outbox(_ page: OutboxPage) async throws -> [OutboxEntry] {
    try await meters.measure(.outbox) { try await base.outbox(page) }
  }

  /// Forgets messages that were published.
  public func removeFromOutbox(_ positions: [Int64]) async throws {
    try await meters.measure(.removeFromOutbox, positions.count) {
      try await base.removeFromOutbox(positions)
    }
  }

  /// Returns the number of waiting messages.
  public func outboxCount(limit: Int) async throws -> Int {
    try await meters.measure(.outboxCount) { try await base.outboxCount(limit: limit) }
  }
}

extension MeteredTimerStore: NodeRegistry where Base: NodeRegistry {
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
}
