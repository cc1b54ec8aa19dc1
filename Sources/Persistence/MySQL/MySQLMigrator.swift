import TimerModel

/// Brings a database to this version's schema, one process at a time, and judges what it finds.
struct MySQLMigrator {
  let session: MySQLSession
  /// The name of the database, which has to exist.
  let database: String
  let shardCount: Int
  /// A migration of a large table takes its time.
  private static let timeout = Duration.seconds(3600)

  /// Creates the steps that are missing. Where none is, the user needs to read only.
  ///
  /// - Returns: the names of those that were made.
  func migrate() throws -> [String] {
    if try missing().isEmpty, try storedShardCount() != nil { return [] }
    try liftTimeLimit()
    // The locks of the session and its want of a limit go with it.
    defer { session.discard() }
    try lock()
    try explaining("0-migrations") {
      try session.run(
        """
        CREATE TABLE IF NOT EXISTS migrations (
          version INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, compatible_from INT NOT NULL,
          made_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) \(MySQLMigration.options)
        """)
      try session.run(
        """
        CREATE TABLE IF NOT EXISTS meta (name VARCHAR(100) NOT NULL PRIMARY KEY, value BIGINT NOT NULL) \(MySQLMigration.options)
        """)
    }
    let steps = try missing()
    let found = try version()
    if found > 0, let step = steps.first(where: { $0.compatibleFrom > found }) {
      try refuseNodes(of: found, for: step)
    }
    for step in steps { try make(step) }
    try session.run(
      "INSERT INTO meta VALUES ('shardCount', \(shardCount)) ON DUPLICATE KEY UPDATE value = value")
    return steps.map(\.name)
  }

  /// Refuses a schema that is too old, too new or made for another number of shards.
  func check() throws {
    let found = try version()
    guard found >= MySQLMigration.current else {
      throw incompatible("the schema has version \(found): run timerd migrate")
    }
    let shards = try storedShardCount()
    guard shards == Int64(shardCount) else {
      throw incompatible(
        "the store was created with \(shards.map { "\($0)" } ?? "?") shards and cannot be used with \(shardCount)"
      )
    }
  }

  private func make(_ step: MySQLMigration) throws {
    try explaining(step.name) {
      for statement in step.statements { try session.run(statement, timeout: Self.timeout) }
      try session.run(
        "INSERT INTO migrations (version, name, compatible_from) VALUES (\(step.version), '\(step.name)', \(step.compatibleFrom))"
      )
    }
  }

  /// Waits for other processes that migrate the same database. Names of locks belong to the whole server, and are short.
  private func lock() throws {
    let rows = try session.run(
      "SELECT GET_LOCK(\(lockName), \(Self.lockSeconds))", timeout: .seconds(Self.lockSeconds + 5))
    guard rows.integer(0, 0) == 1 else {
      throw StoreError(code: .unavailable, message: "MySQL: another process is migrating \(database)")
    }
  }

  private var lockName: String { "CONCAT('timerd_', LEFT(SHA2(DATABASE(), 256), 40))" }

  private static let lockSeconds = 600

  /// Lets statements take longer than those of the service do.
  private func liftTimeLimit() throws {
    switch session.server.dialect {
    case .mariadb: try session.run("SET SESSION max_statement_time = 0")
    case .mysql: try session.run("SET SESSION max_execution_time = 0")
    }
  }

  private func missing() throws -> [MySQLMigration] {
    let found = try version()
    return MySQLMigration.all.filter { $0.version > found }
  }

  private func storedShardCount() throws -> Int64? {
    guard try hasTable("meta") else { return nil }
    return try session.run("SELECT value FROM meta WHERE name = 'shardCount'").integer(0, 0)
  }

  private func hasTable(_ name: String) throws -> Bool {
    try session.run(
      "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '\(name)'"
    ).count > 0
  }

  /// A node that runs would not understand what is written after `step`.
  private func refuseNodes(of found: Int, for step: MySQLMigration) throws {
    let rows = try session.run(
      "SELECT name FROM nodes WHERE NOT retired AND deadline > \(session.server.clock) ORDER BY name")
    let running = (0..<rows.count).compactMap { rows.text($0, 0) }.joined(separator: ", ")
    guard running.isEmpty else {
      throw incompatible(
        "the step \(step.name) is made once no node of the schema's version \(found) runs: stop \(running)")
    }
  }

  /// The newest step that was made; one that this program cannot work with is refused.
  private func version() throws -> Int {
    guard try hasTable("migrations") else { return 0 }
    let row = try session.run(
      "SELECT version, compatible_from FROM migrations ORDER BY version DESC LIMIT 1")
    guard let version = row.integer(0, 0), let compatibleFrom = row.integer(0, 1) else { return 0 }
    guard compatibleFrom <= MySQLMigration.current else {
      throw incompatible("the schema was made by a newer version of timerd")
    }
    return Int(version)
  }

  /// Says which step a user may not make; other errors stay as they are.
  private func explaining(_ step: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as StoreError {
      guard let cause = error.cause as? MySQLError, cause.isLackingPrivilege else { throw error }
      throw incompatible(
        "the step \(step) is missing and this user may not make it: \(cause.message). Run timerd migrate as a user that may"
      )
    }
  }

  private func incompatible(_ message: String) -> StoreError {
    StoreError(code: .incompatible, message: "MySQL: \(message)", isRetriable: false)
  }
}
