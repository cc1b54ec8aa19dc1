import GRDB
import Persistence
public import TimerModel

// Commands: read the timer, apply the pure transition, write what changed; one transaction for the batch.
extension SQLiteTimerStore {
  /// Applies commands in order, in one transaction.
  public func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    try await write { [self] db in
      let now = now
      let gone = goneNodes(at: now)
      return try commands.map { try apply($0, at: now, without: gone, db) }
    }
  }

  /// Reads timers; a void claim is not shown.
  public func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    try await read { [self] db in
      let now = now
      let gone = goneNodes(at: now)
      return try keys.map { key in
        var timer = try fetch(key, db)?.shown(without: gone)
        timer?.dropVoidClaim(at: now)
        return timer
      }
    }
  }

  func apply(
    _ command: TimerCommand, at now: StoreTime, without gone: Set<NodeID>, _ db: Database
  ) throws -> CommandResult {
    let row = try fetch(command.key, db)
    var timer = row?.judged(without: gone, at: now)
    let result = Timer.apply(command, to: &timer, at: now)
    switch result {
    case .created(let created): try insert(created, db)
    case .updated(let updated): try rewrite(row, updated, db)
    case .cancelled(let cancelled) where row?.timer.phase == .scheduled: try rewrite(row, cancelled, db)
    case .cancelled, .repeated, .unchanged, .refused: break
    }
    try insert(command.messages(before: row?.timer, result), at: now, db)
    return result
  }

  func fetch(_ key: TimerKey, _ db: Database) throws -> TimerRow? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(TimerRow.columns) FROM timers WHERE group_id = ? AND timer_id = ?")
    return try Row.fetchOne(statement, arguments: [key.groupID, key.timerID]).map {
      try TimerRow($0, run: run)
    }
  }

  private func insert(_ timer: Timer, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO timers (group_id, timer_id, shard, phase, due_at, execute_at, destination, payload,
          retry_policy, callback_timeout, traceparent, tracestate, revision, firing_high, firing_low, attempt,
          claim_number, created_at, updated_at, attempts)
        VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      timer.key.groupID, timer.key.timerID, Shard.of(timer.key, count: shardCount), timer.dueAt.milliseconds,
      timer.definition.executeAt.milliseconds, StoredDestination.encode(timer.definition.destination),
      timer.definition.payload?.data, timer.definition.retryPolicy.map(StoredRetryPolicy.encode),
      timer.definition.callbackTimeoutSeconds, timer.traceContext?.traceparent,
      timer.traceContext?.tracestate,
      timer.revision, timer.firingID.highBits, timer.firingID.lowBits, timer.createdAt.milliseconds,
      timer.updatedAt.milliseconds, StoredAttempts.encode([], createdBy: timer.createdBy),
    ])
  }

  /// Writes what a client can change, and what follows from it.
  private func rewrite(_ row: TimerRow?, _ timer: Timer, _ db: Database) throws {
    guard let row else { return }
    let statement = try db.cachedStatement(
      sql: """
        UPDATE timers SET execute_at = ?, destination = ?, payload = ?, retry_policy = ?, callback_timeout = ?
        WHERE id = ?
        """)
    try statement.execute(arguments: [
      timer.definition.executeAt.milliseconds, StoredDestination.encode(timer.definition.destination),
      timer.definition.payload?.data, timer.definition.retryPolicy.map(StoredRetryPolicy.encode),
      timer.definition.callbackTimeoutSeconds, row.id,
    ])
    try saveState(of: timer, id: row.id, db)
  }

  /// Writes what commands and settlements change.
  func saveState(of timer: Timer, id: Int64, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE timers SET phase = ?, due_at = ?, execute_at = ?, revision = ?, firing_high = ?, firing_low = ?,
          attempt = ?, claim_run = NULL, claim_node = NULL, claim_deadline = NULL, updated_at = ?,
          first_attempt_at = ?, executed_at = ?, attempts = ?
        WHERE id = ?
        """)
    try statement.execute(arguments: [
      TimerRow.number(of: timer.phase), timer.dueAt.milliseconds, timer.definition.executeAt.milliseconds,
      timer.revision, timer.firingID.highBits, timer.firingID.lowBits, timer.attempt,
      timer.updatedAt.milliseconds, timer.firstAttemptAt?.milliseconds, timer.executedAt?.milliseconds,
      StoredAttempts.encode(timer.attempts, createdBy: timer.createdBy), id,
    ])
  }

  /// Writes what became of claims.
  func saveAttempts(of timer: Timer, id: Int64, _ db: Database) throws {
    let statement = try db.cachedStatement(sql: "UPDATE timers SET attempts = ? WHERE id = ?")
    try statement.execute(arguments: [
      StoredAttempts.encode(timer.attempts, createdBy: timer.createdBy), id,
    ])
  }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await Self.translatingErrors { try await pool.write(body) }
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await Self.translatingErrors { try await pool.read(body) }
  }
}
