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
      let definition = create.definition
      return MySQLValue.key(create.key) + [
        .integer(Int64(Shard.of(create.key, count: shardCount))), .time(definition.executeAt),
        .firing(create.firingID), now, .text(StoredDestination.encode(definition.destination)),
        .optionalBytes(definition.payload),
        .text(definition.retryPolicy.map { StoredRetryPolicy.encode($0) }),
        .number(definition.callbackTimeoutSeconds.map { Int64(Int32(clamping: $0)) }),
        .text(create.traceContext?.traceparent), .text(create.traceContext?.tracestate),
        .text(create.record?.description), gaps(definition),
      ]
    }
  }

  /// Writes what commands can change, and what follows from it.
  func rewriting(_ timers: [Timer]) -> [MySQLQuery] {
    Self.filled(
      .rewrite,
      timers.map { timer in
        let definition = timer.definition
        return keyValues(timer, .text(StoredDestination.encode(definition.destination)))
          + Self.stateValues(timer) + [
            .optionalBytes(definition.payload),
            .text(definition.retryPolicy.map { StoredRetryPolicy.encode($0) }),
            .number(definition.callbackTimeoutSeconds.map { Int64(Int32(clamping: $0)) }),
            Self.gaps(definition),
          ]
      })
  }

  /// Writes what settlements change.
  func settling(_ timers: [Timer]) -> [MySQLQuery] {
    Self.filled(.settle, timers.map { keyValues($0, .bytes([])) + Self.stateValues($0) })
  }

  /// Writes what claims change.
  func claiming(_ timers: [Timer]) -> [MySQLQuery] {
    Self.filled(
      .recordClaims,
      timers.map { timer in
        keyValues(timer, .bytes([])) + [
          .integer(Int64(timer.attempt)), .integer(timer.claimNumber), .text(timer.claim?.node.name),
          .time(timer.claim?.deadline), .text(StoredAttempts.encode(timer.attempts)),
        ]
      })
  }

  /// The values of `keyColumns`.
  private func keyValues(_ timer: Timer, _ destination: MySQLValue) -> [MySQLValue] {
    MySQLValue.key(timer.key) + [
      .integer(Int64(Shard.of(timer.key, count: shardCount))), .time(timer.dueAt), .firing(timer.firingID),
      .time(timer.createdAt), destination,
    ]
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

  private static func gaps(_ definition: TimerDefinition) -> MySQLValue {
    definition.gaps.isEmpty ? .null : .integer(Int64(definition.gaps.rawValue))
  }
}
