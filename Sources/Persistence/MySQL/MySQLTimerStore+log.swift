import Persistence
package import TimerModel

// Commands of a partition together with its offset, in one transaction.
extension MySQLTimerStore {
  /// Another offset is on record than the expected one.
  private struct StaleOffsetError: Error {}

  /// Applies a batch, records its offset and writes what `messages` makes of the results, in one transaction of two round trips.
  package func apply(
    _ batch: CommandBatch, messages: @escaping @Sendable ([CommandResult]) -> [OutboxMessage]
  ) async throws -> CommandBatchResult {
    let lookUps = Self.lookUps(.lock, KeyOrder(batch.commands.map(\.key)).sorted)
    do {
      return try await write(on: commands) { [self] session in
        try session.transaction([Self.lockOffset(of: batch.source)] + lookUps + judging(session)) { replies in
          guard replies[0].integer(0, 0) == batch.expectedOffset else { throw StaleOffsetError() }
          var decision = try StoredTimers(replies.dropFirst(), session).decision
          let results = decision.apply(batch.commands)
          let writes = writing(decision, messages(results))
          return (CommandBatchResult.applied(results), [Self.advancing(batch)] + writes)
        }
      }
    } catch is StaleOffsetError {
      return .stale(storedOffset: try await offsets(of: [batch.source])[0])
    }
  }

  /// Reads the positions on record.
  package func positions(of sources: [CommandSource]) async throws -> [LogPositions] {
    guard !sources.isEmpty else { return [] }
    let places = Set(sources.map { [MySQLValue.text($0.topic), .integer(Int64($0.partition))] })
    let query = MySQLQuery(.positions, [.list(places.map { .list($0) })])
    return try await background.run { session in
      try Self.positions(of: sources, session.run([query], commits: false)[0])
    }
  }

  /// Returns the latest time by which timers have been purged.
  package func purgedBefore() async throws -> Timestamp? {
    try await background.run { session in
      try session.run([MySQLQuery(.purgedBefore)], commits: false)[0].integer(0, 0).map {
        Timestamp(milliseconds: $0)
      }
    }
  }

  private static func place(_ source: CommandSource) -> [MySQLValue] {
    [.text(source.group), .text(source.topic), .integer(Int64(source.partition))]
  }

  private static func lockOffset(of source: CommandSource) -> MySQLQuery {
    MySQLQuery(.lockOffset, place(source))
  }

  /// Moves the offset on from the expected one, whose row is locked.
  private static func advancing(_ batch: CommandBatch) -> MySQLQuery {
    let position: [MySQLValue] = [.integer(batch.nextOffset), .text(batch.mark.map(\.description))]
    guard batch.expectedOffset != nil else { return MySQLQuery(.firstOffset, place(batch.source) + position) }
    return MySQLQuery(.nextOffset, position + place(batch.source))
  }

  private static func positions(of sources: [CommandSource], _ rows: MySQLRows) throws -> [LogPositions] {
    var positions = [LogPositions](repeating: LogPositions(), count: sources.count)
    for row in 0..<rows.count {
      guard let topic = rows.text(row, 0), let partition = rows.integer(row, 1),
        let group = rows.text(row, 2), let offset = rows.integer(row, 3)
      else {
        throw StoreError(code: .incompatible, message: "a stored offset is unreadable", isRetriable: false)
      }
      let position = LogPosition(
        group: group, offset: offset, mark: rows.text(row, 4).flatMap { LogMark($0) })
      for place in sources.indices
      where sources[place].topic == topic && sources[place].partition == partition {
        if group == sources[place].group {
          positions[place].own = position
        } else if positions[place].other == nil {
          positions[place].other = position
        }
      }
    }
    return positions
  }
}
