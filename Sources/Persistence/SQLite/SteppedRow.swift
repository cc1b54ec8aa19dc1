import GRDBSQLite

/// The row on which a statement stands, until its next step; columns are counted from 0.
struct SteppedRow {
  let statement: OpaquePointer

  func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  /// A whole number; nil for NULL, and for what is not one, which a column of SQLite may hold as well.
  func integer(_ column: Int32) -> Int64? {
    sqlite3_column_type(statement, column) == SQLITE_INTEGER ? int64(column) : nil
  }

  func text(_ column: Int32) -> String { optionalText(column) ?? "" }

  func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

  func optionalText(_ column: Int32) -> String? {
    // The text first: asking for its length first might change the form under the pointer.
    guard let start = sqlite3_column_text(statement, column) else { return nil }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// Bytes; nil for NULL.
  func optionalBytes(_ column: Int32) -> [UInt8]? {
    guard !isNull(column) else { return nil }
    let start = sqlite3_column_blob(statement, column)
    return [UInt8](
      UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
}
