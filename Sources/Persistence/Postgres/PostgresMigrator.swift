import TimerModel

/// Brings a database to this version's schema, one process at a time, and judges what it finds.
struct PostgresMigrator {
  let session: PostgresSession
  let configuration: PostgresConfiguration
  /// A migration of a large table takes its time.
  private static let timeout = Duration.seconds(3600)

  /// Creates the steps that are missing, in one transaction. Where none is, the role needs to read only.
  ///
  /// - Returns: the names of those that were made.
  func migrate() throws -> [String] {
    let privileges = try PostgresPrivileges(session, schema: configuration.schema)
    try privileges.requireUsage()
    try privileges.requireTables(["migrations", "meta"])
    let missing = try steps(after: version())
    if missing.isEmpty, try storedShardCount() != nil { return [] }
    let makesTables = missing.contains { $0.sql.contains("CREATE TABLE") }
    try privileges.requireCreation(of: missing.map(\.name), makesTables: makesTables)
    try session.simple(
      """
      BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
      SELECT pg_advisory_xact_lock(1953066354, hashtext(\(PostgresName.literal(configuration.schema))))
      """, timeout: Self.timeout)
    return try session.transaction {
      let found = try prepare(privileges)
      let missing = steps(after: found)
      if found > 0, let step = missing.first(where: { $0.compatibleFrom > found }) {
        try refuseNodes(of: found, for: step)
      }
      for step in missing { try make(step, privileges) }
      if try storedShardCount() == nil {
        try session.simple(
          "INSERT INTO meta VALUES ('shardCount', \(configuration.shardCount)) ON CONFLICT DO NOTHING")
      }
      return missing.map(\.name)
    }
  }

  /// Creates the table of steps if it does not exist: `IF NOT EXISTS` asks for the privilege to create it in any case.
  ///
  /// - Returns: the newest step that was made, 0 if none was.
  private func prepare(_ privileges: PostgresPrivileges) throws -> Int {
    do {
      if !privileges.hasSchema {
        try session.simple("CREATE SCHEMA IF NOT EXISTS \(PostgresName.quoted(configuration.schema))")
      }
      if try !hasTable("migrations") {
        try session.simple(
          """
          CREATE TABLE migrations (
            version int PRIMARY KEY, name text NOT NULL, compatible_from int NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now())
          """)
      }
    } catch {
      throw privileges.explained(error, step: "0-migrations")
    }
    return try version()
  }

  private func make(_ step: PostgresMigration, _ privileges: PostgresPrivileges) throws {
    do {
      try session.simple(
        """
        \(step.sql)
        INSERT INTO migrations VALUES (\(step.version), '\(step.name)', \(step.compatibleFrom));
        """, timeout: Self.timeout)
    } catch {
      throw privileges.explained(error, step: step.name)
    }
  }

  /// Refuses a schema that is too old, too new or made for another number of shards, and a role that may not work on it.
  func check() throws {
    let privileges = try PostgresPrivileges(session, schema: configuration.schema)
    guard privileges.hasSchema else {
      throw incompatible("schema \(configuration.schema) does not exist; run timerd migrate")
    }
    try privileges.requireUsage()
    try privileges.requireTables()
    let found = try version()
    guard found >= PostgresMigration.current else {
      throw incompatible("the schema has version \(found): run timerd migrate")
    }
    let shards = try storedShardCount()
    guard shards == "\(configuration.shardCount)" else {
      throw incompatible(
        "the store was created with \(shards ?? "?") shards and cannot be used with \(configuration.shardCount)"
      )
    }
  }

  private func steps(after version: Int) -> [PostgresMigration] {
    PostgresMigration.all.filter { $0.version > version }
  }

  private func storedShardCount() throws -> String? {
    guard try hasTable("meta") else { return nil }
    return try session.simple("SELECT value FROM meta WHERE name = 'shardCount'").first
  }

  private func hasTable(_ name: String) throws -> Bool {
    let table = PostgresName.quoted(configuration.schema) + "." + name
    return try session.simple("SELECT to_regclass(\(PostgresName.literal(table))) IS NOT NULL").first == "t"
  }

  /// A node that runs would not understand what is written after `step`.
  private func refuseNodes(of found: Int, for step: PostgresMigration) throws {
    let running = try session.simple(
      """
      SELECT coalesce(string_agg(convert_from(name, 'UTF8'), ', ' ORDER BY name), '') FROM nodes
      WHERE NOT retired AND deadline > extract(epoch FROM clock_timestamp()) * 1000
      """
    ).joined()
    guard running.isEmpty else {
      throw incompatible(
        "the step \(step.name) is made once no node of the schema's version \(found) runs: stop \(running)")
    }
  }

  /// The newest step that was made; one that this program cannot work with is refused.
  private func version() throws -> Int {
    guard try hasTable("migrations") else { return 0 }
    let row = try session.simple(
      "SELECT version, compatible_from FROM migrations ORDER BY version DESC LIMIT 1")
    guard row.count == 2, let version = Int(row[0]), let compatibleFrom = Int(row[1]) else { return 0 }
    guard compatibleFrom <= PostgresMigration.current else {
      throw incompatible("the schema was made by a newer version of timerd")
    }
    return version
  }

  private func incompatible(_ message: String) -> StoreError {
    StoreError(code: .incompatible, message: message, isRetriable: false)
  }
}
