import GRDB
import GRDBSQLite

/// A cached statement of one connection, bound and stepped by SQLite's own functions.
///
/// GRDB's `Row` looks up the name of every column again whenever a statement is run, and its arguments are boxed one by one: for a batch of
/// timers that costs more than what SQLite does. Values are bound in their order. Used by the connection's queue only.
struct BoundStatement: ~Copyable {
  /// Owns what `statement` points to.
  private let owner: Statement
  private let statement: OpaquePointer
  private var bound: Int32 = 0

  /// SQLite copies what it is given.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  init(_ sql: String, _ db: Database) throws {
    owner = try db.cachedStatement(sql: sql)
    statement = owner.sqliteStatement
  }

  deinit {
    // What is left of the run must not keep the transaction open; an error of it was thrown before.
    sqlite3_reset(statement)
    sqlite3_clear_bindings(statement)
  }

  mutating func bind(_ value: Int64?) throws {
    bound += 1
    guard let value else { return try check(sqlite3_bind_null(statement, bound)) }
    try check(sqlite3_bind_int64(statement, bound, value))
  }

  mutating func bind(_ value: Int?) throws { try bind(value.map { Int64($0) }) }

  mutating func bind(_ value: String?) throws {
    bound += 1
    guard let value else { return try check(sqlite3_bind_null(statement, bound)) }
    try check(sqlite3_bind_text(statement, bound, value, Int32(value.utf8.count), Self.copied))
  }

  mutating func bind(_ value: [UInt8]?) throws {
    bound += 1
    guard let value else { return try check(sqlite3_bind_null(statement, bound)) }
    try check(
      value.withUnsafeBytes { bytes in
        bytes.isEmpty
          ? sqlite3_bind_zeroblob(statement, bound, 0)
          : sqlite3_bind_blob(statement, bound, bytes.baseAddress, Int32(bytes.count), Self.copied)
      })
  }

  /// Runs the statement to its end.
  consuming func execute() throws {
    while try step() {}
  }

  /// Runs the statement to its end and returns how many rows it has changed.
  consuming func executeCountingChanges() throws -> Int {
    while try step() {}
    return Int(sqlite3_changes(sqlite3_db_handle(statement)))
  }

  /// Runs the statement and reads its first row; nil if there is none.
  consuming func first<Value>(_ read: (SteppedRow) throws -> Value) throws -> Value? {
    try step() ? try read(SteppedRow(statement: statement)) : nil
  }

  /// Runs the statement to its end and reads each row.
  consuming func all<Value>(_ read: (SteppedRow) throws -> Value) throws -> [Value] {
    var values: [Value] = []
    while try step() { values.append(try read(SteppedRow(statement: statement))) }
    return values
  }

  private func step() throws -> Bool {
    let code = sqlite3_step(statement)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw error(code) }
    return false
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else { throw error(code) }
  }

  private func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code),
      message: sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) })
  }
}
