import CSQLite
import Foundation

/// The file of an embedded store, for as long as no node has it open.
final class SQLiteFile {
  private let database: OpaquePointer

  /// Opens a file that is there.
  init(_ path: String) throws {
    var opened: OpaquePointer?
    guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let opened else {
      sqlite3_close(opened)
      throw BenchError("\(path) cannot be opened")
    }
    database = opened
  }

  deinit { sqlite3_close(database) }

  /// Runs statements.
  func execute(_ sql: String) throws {
    guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw problem(sql) }
  }

  /// Runs a query whose one row is one number.
  func number(_ sql: String) throws -> Double {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK,
      sqlite3_step(statement) == SQLITE_ROW
    else { throw problem(sql) }
    return sqlite3_column_double(statement, 0)
  }

  private func problem(_ sql: String) -> BenchError {
    BenchError("\(String(cString: sqlite3_errmsg(database))): \(sql)")
  }
}
