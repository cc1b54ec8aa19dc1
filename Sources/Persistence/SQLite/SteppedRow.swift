import GRDBSQLite

/// The row of a timer on which a statement stands, until its next step.
struct SteppedRow {
  let statement: OpaquePointer

  func int64(_ column: SQLiteTimerColumn) -> Int64 { sqlite3_column_int64(statement, column.rawValue) }

  /// A whole number; nil for NULL, and for what is not one, which a column of SQLite may hold as well.
  func integer(_ column: SQLiteTimerColumn) -> Int64? {
    sqlite3_column_type(statement, column.rawValue) == SQLITE_INTEGER ? int64(column) : nil
  }

  func text(_ column: SQLiteTimerColumn) -> String { optionalText(column) ?? "" }

  func optionalInt64(_ column: SQLiteTimerColumn) -> Int64? { isNull(column) ? nil : int64(column) }

  func optionalText(_ column: SQLiteTimerColumn) -> String? {
    // The text first: asking for its length first might change the form under the pointer.
    guard let start = sqlite3_column_text(statement, column.rawValue) else { return nil }
    let count = Int(sqlite3_column_bytes(statement, column.rawValue))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// Bytes; nil for NULL.
  func optionalBytes(_ column: SQLiteTimerColumn) -> [UInt8]? {
    guard !isNull(column) else { return nil }
    let start = sqlite3_column_blob(statement, column.rawValue)
    return [UInt8](
      UnsafeRawBufferPointer(
        start: start, count: Int(sqlite3_column_bytes(statement, column.rawValue))))
  }

  func isNull(_ column: SQLiteTimerColumn) -> Bool {
    sqlite3_column_type(statement, column.rawValue) == SQLITE_NULL
  }
}
