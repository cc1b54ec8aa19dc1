import Persistence
package import TimerModel

// Commands of a partition together with its offset, in one transaction.
extension PostgresTimerStore {
  /// Another offset is on record than the expected one.
  struct StaleOffset: Error {}

  /// Not all creations of a batch were of new timers.
  private struct NotAllNew: Error {}

  /// Applies a batch, records its offset and writes what `messages` makes of the results, in one transaction: two round trips
  /// for creations of new timers, three for others.
  package func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    do {
      return .applied(try await results(of: batch, messages))
    } catch is StaleOffset {
      return .stale(storedOffset: try await offsets(of: [batch.source])[0])
    }
  }

  /// Reads the positions on record.
  package func positions(of sources: [CommandSource]) async throws -> [LogPositions] {
    try await background.run { session in try Self.positions(of: sources, session) }
  }

  /// Returns the latest time by which timers have been purged.
  package func purgedBefore() async throws -> Timestamp? {
    try await background.run { session in
      try session.run(PostgresQuery(.purgedBefore, []), commits: false).int8(0, 0).map {
        Timestamp(milliseconds: $0)
      }
    }
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
      .int8(batch.nextOffset), .bytea(batch.mark.map(\.description)),
    ]
    guard let expected = batch.expectedOffset else { return PostgresQuery(.firstOffset, parameters) }
    return PostgresQuery(.nextOffset, parameters + [.int8(expected)])
  }

  private static func positions(of sources: [CommandSource], _ session: PostgresSession) throws
    -> [LogPositions]
  {
    let parameters: [PostgresParameter] = [.texts(sources.map(\.topic)), .int4s(sources.map(\.partition))]
    let rows = try session.run(PostgresQuery(.positions, parameters), commits: false)
    var positions = [LogPositions](repeating: LogPositions(), count: sources.count)
    for row in 0..<rows.count {
      guard let number = rows.int8(row, 0), let place = Int(exactly: number - 1),
        sources.indices.contains(place),
        let group = rows.text(row, 1), let offset = rows.int8(row, 2)
      else {
        throw StoreError(code: .incompatible, message: "a stored offset is unreadable", isRetriable: false)
      }
      let position = LogPosition(
        group: group, offset: offset, mark: rows.text(row, 3).flatMap { LogMark($0) })
      if group == sources[place].group {
        positions[place].own = position
      } else if positions[place].other == nil {
        positions[place].other = position
      }
    }
    return positions
  }
}
