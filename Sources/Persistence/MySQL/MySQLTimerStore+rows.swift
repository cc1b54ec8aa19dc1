import Persistence
package import TimerModel

// Timers as rows of values.
extension MySQLTimerStore {
  /// The text of rows in one statement, beyond which the next row goes into another one.
  private static let statementSize = 2 << 20

  /// Statements with rows of values, as few as their size allows.
  static func filled(
    _ statement: MySQLStatement, _ rows: [[MySQLValue]], _ more: [MySQLValue] = []
  ) -> [MySQLQuery] {
    var queries: [MySQLQuery] = []
    var (pending, size): ([[MySQLValue]], Int) = ([], 0)
    for row in rows {
      if size > statementSize {
        queries.append(MySQLQuery(statement, [.rows(pending)] + more))
        (pending, size) = ([], 0)
      }
      pending.append(row)
      size += MySQLValue.size(of: row)
    }
    if !pending.isEmpty { queries.append(MySQLQuery(statement, [.rows(pending)] + more)) }
    return queries
  }

  /// The values of `createdColumns` for new timers, in the order of their keys.
  package static func rows(
    creating creates: [CreateTimer], at now: MySQLValue, shardCount: Int
  ) -> [[MySQLValue]] {
    creates.sorted { $0.key < $1.key }.map { create in
      let values: [MySQLValue] = [
        .integer(Int64(Shard.of(create.key, count: shardCount))), .time(create.definition.executeAt),
        .firing(create.firingID), now, .text(StoredDestination.encode(create.definition.destination)),
        .optionalBytes(create.definition.payload), retryPolicy(create.definition),
        callbackTimeout(create.definition), .text(create.traceContext?.traceparent),
        .text(create.traceContext?.tracestate), .text(create.record?.description), gaps(create.definition),
        .text(StoredTags.encode(create.definition)),
      ]
      return MySQLValue.key(create.key) + values
    }
  }

  /// Writes what commands can change, and what follows from it.
  func rewriting(_ timers: [Timer]) -> [MySQLQuery] {
    let rows = timers.map { timer in
      let definition = timer.definition
      let values: [MySQLValue] = [
        .optionalBytes(definition.payload), Self.retryPolicy(definition), Self.callbackTimeout(definition),
        Self.gaps(definition), .text(StoredTags.encode(definition)),
      ]
      let destination = MySQLValue.text(StoredDestination.encode(definition.destination))
      return keyValues(timer, destination) + Self.stateValues(timer) + values
    }
    return Self.filled(.rewrite, rows)
  }

  /// Writes what settlements change.
  func settling(_ timers: [Timer]) -> [MySQLQuery] {
    Self.filled(.settle, timers.map { keyValues($0, .bytes([])) + Self.stateValues($0) })
  }

  /// Writes what claims change.
  func claiming(_ timers: [Timer]) -> [MySQLQuery] {
    let rows = timers.map { timer in
      let values: [MySQLValue] = [
        .integer(Int64(timer.attempt)), .integer(timer.claimNumber), .text(timer.claim?.node.name),
        .time(timer.claim?.deadline), .text(StoredAttempts.encode(timer.attempts)),
      ]
      return keyValues(timer, .bytes([])) + values
    }
    return Self.filled(.recordClaims, rows)
  }

  /// The values of `keyColumns`.
  private func keyValues(_ timer: Timer, _ destination: MySQLValue) -> [MySQLValue] {
    let values: [MySQLValue] = [
      .integer(Int64(Shard.of(timer.key, count: shardCount))), .time(timer.dueAt), .firing(timer.firingID),
      .time(timer.createdAt), destination,
    ]
    return MySQLValue.key(timer.key) + values
  }

  /// The values of `stateColumns`.
  private static func stateValues(_ timer: Timer) -> [MySQLValue] {
    let executeAt = timer.definition.executeAt
    return [
      .integer(Int64(PhaseCode(timer.phase).rawValue)), executeAt == timer.dueAt ? .null : .time(executeAt),
      .integer(timer.revision), .integer(Int64(timer.attempt)), .time(timer.updatedAt),
      .time(timer.firstAttemptAt), .time(timer.executedAt), .time(timer.requestedExecuteAt),
      .text(StoredAttempts.encode(timer.attempts)),
    ]
  }

  private static func retryPolicy(_ definition: TimerDefinition) -> MySQLValue {
    .text(definition.retryPolicy.map { StoredRetryPolicy.encode($0) })
  }

  private static func callbackTimeout(_ definition: TimerDefinition) -> MySQLValue {
    .number(definition.callbackTimeoutSeconds.map { Int64(Int32(clamping: $0)) })
  }

  private static func gaps(_ definition: TimerDefinition) -> MySQLValue {
    definition.gaps.isEmpty ? .null : .integer(Int64(definition.gaps.rawValue))
  }
}
