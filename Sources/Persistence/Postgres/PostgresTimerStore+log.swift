public import TimerModel

// Commands of a partition together with its offset, in one transaction.
extension PostgresTimerStore {
  /// Another offset is on record than the expected one.
  struct StaleOffset: Error {}

  /// Not all creations of a batch were of new timers.
  private struct NotAllNew: Error {}

  /// Applies a batch, records its offset and writes what `messages` makes of the results, in one transaction: two round trips
  /// for creations of new timers, three for others.
  public func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    do {
      return .applied(try await results(of: batch, messages))
    } catch is StaleOffset {
      return .stale(storedOffset: try await offsets(of: [batch.source])[0])
    }
  }

  /// The offsets on record.
  public func offsets(of sources: [CommandSource]) async throws -> [Int64?] {
    try await background.run { session in try Self.offsets(of: sources, session) }
  }

  private func results(
    of batch: CommandBatch, _ messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> [CommandResult] {
    let advance = Self.advancing(batch)
    if let creates = Self.distinctCreates(batch.commands), !creates.isEmpty {
      do {
        return try await createAll(creates, after: advance, messages)
      } catch is NotAllNew {}
    }
    let keys = KeyOrder(batch.commands.map(\.key)).sorted
    return try await write(on: commands) { [self] session in
      try session.transaction {
        var decision = try lock(keys, session, after: advance)
        let results = decision.apply(batch.commands)
        try write(decision, messages(results), session)
        return results
      }
    }
  }

  /// Creates timers that are all new. It locks no timer after it has created others, as a circle with those who lock first
  /// could close then: where one is not new, all is rolled back.
  private func createAll(
    _ creates: [CreateTimer], after advance: PostgresQuery,
    _ messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> [CommandResult] {
    let insertion = insertion(creates, at: now)
    return try await write(on: commands) { [self] session in
      try session.transaction {
        let replies = try session.run([PostgresQuery(.begin), advance, insertion], commits: false)
        guard replies[1].count == 1 else { throw StaleOffset() }
        guard replies[2].count == creates.count, let at = replies[2].int8(0, 0) else { throw NotAllNew() }
        let now = Timestamp(milliseconds: at)
        let results = creates.map { CommandResult.created(Timer(creating: $0, at: now)) }
        let messages = messages(results)
        if !messages.isEmpty { try session.run([posting(messages)], commits: false) }
        return results
      }
    }
  }

  /// Moves the offset on from the expected one; no row if another one is on record.
  private static func advancing(_ batch: CommandBatch) -> PostgresQuery {
    let parameters: [PostgresParameter] = [
      .bytea(batch.source.group), .bytea(batch.source.topic), .int4(batch.source.partition),
      .int8(batch.nextOffset),
    ]
    guard let expected = batch.expectedOffset else { return PostgresQuery(.firstOffset, parameters) }
    return PostgresQuery(.nextOffset, parameters + [.int8(expected)])
  }

  private static func offsets(of sources: [CommandSource], _ session: PostgresSession) throws -> [Int64?] {
    let parameters: [PostgresParameter] = [
      .texts(sources.map(\.group)), .texts(sources.map(\.topic)), .int4s(sources.map(\.partition)),
    ]
    let rows = try session.run(PostgresQuery(.offsets, parameters), commits: false)
    var offsets = [Int64?](repeating: nil, count: sources.count)
    for row in 0..<rows.count {
      if let position = rows.int8(row, 0) { offsets[Int(position) - 1] = rows.int8(row, 1) }
    }
    return offsets
  }
}
