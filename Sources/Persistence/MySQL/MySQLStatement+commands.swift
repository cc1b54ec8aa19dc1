import Persistence

// Commands: creations in one statement; the rest reads under a lock, decides with the pure transitions, and writes.
extension MySQLStatement {
  /// The columns that a creation fills, in the order of its values.
  static let createdColumns = [
    "group_id", "timer_id", "shard", "due_at", "firing_id", "created_at", "destination", "payload",
    "retry_policy", "callback_timeout", "traceparent", "tracestate", "creator", "gaps", "tags",
  ]

  /// Parameters: rows of `createdColumns`, the request's token. One affected row for each timer that is new.
  ///
  /// A timer that is there gets the token, and nothing else of it changes: so the two are told apart.
  static let create = MySQLStatement(
    name: "create", sql: insertion + " ON DUPLICATE KEY UPDATE conflict_token = ?")

  /// Parameters: rows of `createdColumns`. Fails if there is such a timer already.
  static let createNew = MySQLStatement(name: "create_new", sql: insertion)

  private static let insertion = "INSERT INTO timers (\(createdColumns.joined(separator: ", "))) VALUES ?"

  /// Parameters: keys. Rows: key, firing and the token of the last creation that found each timer there.
  static let creations = MySQLStatement(
    name: "creations", sql: "SELECT group_id, timer_id, firing_id, conflict_token FROM timers \(byKeys)")

  /// Parameters: keys. Rows: `ReadColumn`s.
  static let read = MySQLStatement(name: "read", sql: "\(reading) FROM timers \(byKeys)")

  /// The same, with the rows locked in the order of the keys.
  static let lock = MySQLStatement(name: "lock", sql: "\(reading) FROM timers \(locking)")

  /// The same without payloads.
  static let lockClaims = MySQLStatement(
    name: "lock_claims",
    sql: "SELECT claim_token, \(MySQLTimerColumn.withoutPayload) FROM timers \(locking)")

  /// The columns of a row of `read` and `lock`: the token of the claim, and the first one of the timer.
  enum ReadColumn: Int {
    case token, timer
  }

  private static let reading = "SELECT claim_token, \(MySQLTimerColumn.selected)"

  private static let locking = "\(byKeys) ORDER BY group_id, timer_id FOR UPDATE"

  /// The columns without a default, which an upsert has to name although each of its rows is there.
  static let keyColumns = [
    "group_id", "timer_id", "shard", "due_at", "firing_id", "created_at", "destination",
  ]

  /// The columns that commands and settlements change, in the order of `rewrite`'s and `settle`'s values.
  static let stateColumns = [
    "phase", "execute_at", "revision", "attempt", "updated_at", "first_attempt_at", "executed_at",
    "asked_at", "attempts",
  ]

  /// The columns that commands alone change.
  static let definitionColumns = ["payload", "retry_policy", "callback_timeout", "gaps", "tags"]

  /// Writes timers that are locked. Parameters: rows of `keyColumns`, `stateColumns` and `definitionColumns`.
  static let rewrite = upsert(
    "rewrite", keyColumns + stateColumns + definitionColumns,
    changing: ["due_at", "firing_id", "destination"] + stateColumns + definitionColumns, endsClaim: true)

  /// Ends claims of timers that are locked. Parameters: rows of `keyColumns` and `stateColumns`.
  static let settle = upsert(
    "settle", keyColumns + stateColumns, changing: ["due_at", "firing_id"] + stateColumns, endsClaim: true)

  /// The columns that a claim changes, in the order of `recordClaims`' values.
  static let claimColumns = ["attempt", "claim_number", "claim_node", "claim_deadline", "attempts"]

  /// Claims timers that are locked. Parameters: rows of `keyColumns` and `claimColumns`.
  static let recordClaims = upsert(
    "record_claims", keyColumns + claimColumns, changing: claimColumns, endsClaim: false)

  /// One statement with a row of values for each timer. Each is there and locked, so that nothing is inserted. An expression with a case
  /// for each timer would be evaluated for each row; a join on a list of rows is written differently for each server.
  private static func upsert(
    _ name: String, _ columns: [String], changing changed: [String], endsClaim: Bool
  ) -> MySQLStatement {
    let values = changed.map { "\($0) = VALUES(\($0))" }
    let ended = endsClaim ? ["claim_node = NULL", "claim_deadline = NULL"] : []
    let assignments = (values + ended + ["claim_token = NULL"]).joined(separator: ", ")
    return MySQLStatement(
      name: name,
      sql: """
        INSERT INTO timers (\(columns.joined(separator: ", "))) VALUES ?
        ON DUPLICATE KEY UPDATE \(assignments)
        """)
  }
}
