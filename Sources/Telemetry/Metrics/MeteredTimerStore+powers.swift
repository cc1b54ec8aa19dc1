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

  /// How many messages wait.
  public func outboxCount(limit: Int) async throws -> Int {
    try await meters.measure(.outboxCount) { try await base.outboxCount(limit: limit) }
  }
}
