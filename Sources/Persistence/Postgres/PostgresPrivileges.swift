import TimerModel

/// Checks what the session's role may do with the schema; refuses in time, and with the statement that helps.
struct PostgresPrivileges {
  let session: PostgresSession
  let schema: String
  /// The role that the session runs as.
  let role: String
  /// True if the schema exists.
  let hasSchema: Bool
  private let mayUse: Bool
  private let mayCreateTables: Bool
  private let mayCreateSchema: Bool

  /// The privileges that statements need; the owner of a table has them all.
  private static let tables: [(name: String, privileges: [String])] = [
    ("migrations", ["SELECT"]), ("meta", ["SELECT"]),
    ("timers", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("leases", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("nodes", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ("command_offsets", ["SELECT", "INSERT", "UPDATE"]), ("outbox", ["SELECT", "INSERT", "DELETE"]),
    ("purges", ["SELECT", "INSERT", "UPDATE"]), ("tags", ["SELECT", "INSERT", "DELETE"]),
  ]

  /// Asks the server for the session's role and what it may do in `schema`.
  init(_ session: PostgresSession, schema: String) throws {
    self.session = session
    self.schema = schema
    let row = try session.simple(
      """
      SELECT current_user, s.oid IS NOT NULL, coalesce(has_schema_privilege(s.oid, 'USAGE'), false),
        coalesce(has_schema_privilege(s.oid, 'CREATE'), false), has_database_privilege(current_database(), 'CREATE')
      FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = \(PostgresName.literal(schema))
      """)
    guard row.count == 5 else { throw Self.incompatible("the server tells no privileges") }
    role = row[0]
    let flags = row[1...].map { $0 == "t" }
    (hasSchema, mayUse, mayCreateTables, mayCreateSchema) = (flags[0], flags[1], flags[2], flags[3])
  }

  /// Refuses a schema that the role may not look into, where there is one.
  func requireUsage() throws {
    guard !hasSchema || mayUse else { throw lacking(["USAGE ON SCHEMA \(name)"]) }
  }

  /// Refuses a role that cannot make what is missing.
  ///
  /// - Parameter makesTables: whether tables are among it.
  func requireCreation(of steps: [String], makesTables: Bool) throws {
    if !hasSchema, !mayCreateSchema {
      throw Self.incompatible(
        """
        schema \(schema) does not exist and the role \(role) may not create it; run timerd migrate as a role that may, or \
        CREATE SCHEMA \(name) AUTHORIZATION \(quotedRole)
        """)
    }
    if hasSchema, makesTables, !mayCreateTables {
      throw Self.incompatible(
        """
        the steps \(steps.joined(separator: ", ")) are missing and the role \(role) may not create tables in the schema \
        \(schema); run timerd migrate as the role that owns it, or GRANT CREATE ON SCHEMA \(name) TO \(quotedRole)
        """)
    }
  }

  /// Refuses a role that lacks a privilege on a table that exists.
  func requireTables(_ names: Set<String>? = nil) throws {
    let wanted = Self.tables.filter { names?.contains($0.name) ?? true }
    let pairs = wanted.flatMap { table in
      table.privileges.map { "('\(table.name)', '\($0)')" }
    }
    // A privilege on the columns does for everything but DELETE, which has none.
    let row = try session.simple(
      """
      SELECT coalesce(string_agg(tables.name || ' ' || tables.privilege, ','), '')
      FROM (VALUES \(pairs.joined(separator: ", "))) AS tables(name, privilege)
      JOIN pg_catalog.pg_class c ON c.relname = tables.name
      JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace AND s.nspname = \(PostgresName.literal(schema))
      WHERE NOT has_table_privilege(c.oid, tables.privilege) AND (tables.privilege = 'DELETE'
        OR NOT has_any_column_privilege(c.oid, CASE tables.privilege WHEN 'DELETE' THEN 'SELECT' ELSE tables.privilege END))
      """)
    let missing = (row.first ?? "").split(separator: ",").map { $0.split(separator: " ") }
    guard !missing.isEmpty else { return }
    let grants = wanted.compactMap { table -> String? in
      let privileges = missing.filter { $0.first == table.name[...] }.compactMap(\.last)
      guard !privileges.isEmpty else { return nil }
      return "\(privileges.joined(separator: ", ")) ON \(name).\(table.name)"
    }
    throw lacking(grants)
  }

  /// Says which step a role may not make; other errors stay as they are.
  func explained(_ error: any Error, step: String) -> any Error {
    guard let error = error as? StoreError, let cause = error.cause as? PostgresError,
      cause.sqlState == "42501"
    else { return error }
    return Self.incompatible(
      """
      the role \(role) may not make the step \(step): \(cause.message). Run timerd migrate as the role that owns the schema \
      \(schema) and its tables
      """)
  }

  private var name: String { PostgresName.plain(schema) }
  private var quotedRole: String { PostgresName.plain(role) }

  private func lacking(_ grants: [String]) -> StoreError {
    let statements = grants.map { "GRANT \($0) TO \(quotedRole)" }.joined(separator: "; ")
    return Self.incompatible(
      "the role \(role) lacks privileges. The owner of the schema can give them: \(statements)")
  }

  private static func incompatible(_ message: String) -> StoreError {
    StoreError(code: .incompatible, message: "PostgreSQL: \(message)", isRetriable: false)
  }
}
