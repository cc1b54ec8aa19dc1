import GRDB
import Logging
import Persistence
package import TimerModel

// Commands: read the timer, apply the pure transition, write what changed; one transaction for the batch.
extension SQLiteTimerStore {
  /// Applies commands in order, in one transaction.
  package func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    try await write { [self] db in
      let now = now
      return try commands.map { try apply($0, at: now, db) }
    }
  }

  /// Reads timers; a void claim is not shown. One that cannot be read is an error where nothing else is asked for, and passed over among
  /// others.
  package func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    try await read { [self] db in
      let now = now
      return try keys.map { key in
        let row =
          keys.count == 1 ? try fetch(key, db) : try readable(key) { try fetch(key, db) } ?? nil
        var timer = row?.timer
        timer?.discardExpiredClaim(at: now)
        return timer
      }
    }
  }

  func apply(
    _ command: TimerCommand, at now: StoreTime, _ db: Database
  ) throws -> CommandResult {
    if let result = try applyToNothing(command, at: now, db) { return result }
    let row: TimerRow?
    do {
      row = try fetch(command.key, db)
    } catch let error as StoreError where error.code == .incompatible {
      // The other commands of the batch are not held up by it.
      return .rejected(.unreadable(error.message))
    }
    var timer = row?.expiringEarlierClaim(at: now)
    let result = Timer.apply(command, to: &timer, at: now)
    switch result {
    case .updated(let updated): try rewrite(row, updated, db)
    case .cancelled(let cancelled) where row?.timer.phase == .scheduled: try rewrite(row, cancelled, db)
    // Nothing is created here: a creation that comes so far has found a timer.
    case .created, .cancelled, .repeated, .unchanged, .rejected: break
    }
    try insert(command.messages(before: row?.timer, result), at: now, db)
    return result
  }

  /// Creates the timer of a creation without looking for one first, as hardly ever there is one; nil if there is, and for other commands.
  private func applyToNothing(_ command: TimerCommand, at now: StoreTime, _ db: Database) throws
    -> CommandResult?
  {
    guard case .create = command else { return nil }
    var nothing: Timer?
    let result = Timer.apply(command, to: &nothing, at: now)
    guard case .created(let created) = result, try insert(created, db) else { return nil }
    try insert(command.messages(before: nil, result), at: now, db)
    return result
  }

  /// Does `work` on a timer's row; nil, with a line in the log, where the row cannot be read.
  func readable<Value>(_ key: TimerKey, _ work: () throws -> Value) throws -> Value? {
    do {
      return try work()
    } catch let error as StoreError where error.code == .incompatible {
      logger.error(
        "skipped an unreadable timer",
        metadata: ["group_id": "\(key.groupID)", "timer_id": "\(key.timerID)", "error": "\(error)"])
      return nil
    }
  }

  func fetch(_ key: TimerKey, _ db: Database) throws -> TimerRow? {
    var statement = try BoundStatement(Self.fetchSQL, db)
    try statement.bind(key.groupID)
    try statement.bind(key.timerID)
    return try statement.first { try TimerRow($0, run: run) }
  }

  static let fetchSQL =
    "SELECT \(SQLiteTimerColumn.list()) FROM timers WHERE group_id = ? AND timer_id = ?"

  /// Inserts a timer; false if there is one with its key.
  private func insert(_ timer: Timer, _ db: Database) throws -> Bool {
    var statement = try BoundStatement(Self.insertSQL, db)
    try statement.bind(timer.key.groupID)
    try statement.bind(timer.key.timerID)
    try statement.bind(Shard.of(timer.key, count: shardCount))
    try statement.bind(timer.dueAt.milliseconds)
    try bind(timer.definition, to: &statement)
    try statement.bind(timer.traceContext?.traceparent)
    try statement.bind(timer.traceContext?.tracestate)
    try statement.bind(timer.revision)
    try statement.bind(timer.firingID.highBits)
    try statement.bind(timer.firingID.lowBits)
    try statement.bind(timer.createdAt.milliseconds)
    try statement.bind(timer.updatedAt.milliseconds)
    try statement.bind(StoredAttempts.encode([], createdBy: timer.createdBy))
    return try statement.executeCountingChanges() == 1
  }

  private static let insertSQL = """
    INSERT INTO timers (group_id, timer_id, shard, due_at, execute_at, destination, payload, retry_policy,
      callback_timeout, gaps, tags, traceparent, tracestate, revision, firing_high, firing_low, created_at, updated_at,
      attempts, phase, attempt, claim_number)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(PhaseCode.scheduled), 0, 0)
    ON CONFLICT (group_id, timer_id) DO NOTHING
    """

  /// Binds what a client has said of a timer.
  private func bind(_ definition: TimerDefinition, to statement: inout BoundStatement) throws {
    try statement.bind(definition.executeAt.milliseconds)
    try statement.bind(StoredDestination.encode(definition.destination))
    try statement.bind(definition.payload)
    try statement.bind(definition.retryPolicy.map(StoredRetryPolicy.encode))
    try statement.bind(definition.callbackTimeoutSeconds)
    try statement.bind(definition.gaps.isEmpty ? nil : Int(definition.gaps.rawValue))
    try statement.bind(StoredTags.encode(definition))
  }

  /// Writes what a client can change, and what follows from it.
  private func rewrite(_ row: TimerRow?, _ timer: Timer, _ db: Database) throws {
    guard let row else { return }
    var statement = try BoundStatement(Self.rewriteSQL, db)
    try bind(timer.definition, to: &statement)
    try statement.bind(row.id)
    try statement.execute()
    try saveState(of: timer, id: row.id, db)
  }

  private static let rewriteSQL = """
    UPDATE timers SET execute_at = ?, destination = ?, payload = ?, retry_policy = ?, callback_timeout = ?,
      gaps = ?, tags = ?
    WHERE id = ?
    """

  /// Writes what commands and settlements change.
  func saveState(of timer: Timer, id: Int64, _ db: Database) throws {
    var statement = try BoundStatement(Self.saveStateSQL, db)
    try statement.bind(Int(PhaseCode(timer.phase).rawValue))
    try statement.bind(timer.dueAt.milliseconds)
    try statement.bind(timer.definition.executeAt.milliseconds)
    try statement.bind(timer.revision)
    try statement.bind(timer.firingID.highBits)
    try statement.bind(timer.firingID.lowBits)
    try statement.bind(timer.attempt)
    try statement.bind(timer.updatedAt.milliseconds)
    try statement.bind(timer.firstAttemptAt?.milliseconds)
    try statement.bind(timer.executedAt?.milliseconds)
    try statement.bind(StoredAttempts.encode(timer.attempts, createdBy: timer.createdBy))
    try statement.bind(timer.requestedExecuteAt?.milliseconds)
    try statement.bind(id)
    try statement.execute()
  }

  private static let saveStateSQL = """
    UPDATE timers SET phase = ?, due_at = ?, execute_at = ?, revision = ?, firing_high = ?, firing_low = ?,
      attempt = ?, claim_run = NULL, claim_node = NULL, claim_deadline = NULL, updated_at = ?,
      first_attempt_at = ?, executed_at = ?, attempts = ?, asked_at = ?
    WHERE id = ?
    """

  /// Writes what became of claims.
  func saveAttempts(of timer: Timer, id: Int64, _ db: Database) throws {
    var statement = try BoundStatement("UPDATE timers SET attempts = ? WHERE id = ?", db)
    try statement.bind(StoredAttempts.encode(timer.attempts, createdBy: timer.createdBy))
    try statement.bind(id)
    try statement.execute()
  }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await Self.translatingErrors {
      try await pool.write { db in
        let value = try body(db)
        try checkFile()
        return value
      }
    }
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try checkFile()
    return try await Self.translatingErrors { try await pool.read(body) }
  }
}
