package import TimerModel

/// Checks the columns of a timer's row; an error names the timer and the column.
package struct StoredColumn<Column: TimerColumn>: Sendable {
  private let key: TimerKey

  /// Creates the checks for the row of `key`.
  package init(of key: TimerKey) { self.key = key }

  /// Decodes the text of a column; nil stands for NULL.
  ///
  /// - Throws: `StoreError` with code `incompatible`.
  package func decode<Value>(
    _ column: Column, _ text: String?, _ decode: (String) throws -> Value
  ) throws(StoreError) -> Value? {
    guard let text else { return nil }
    do { return try decode(text) } catch { throw unreadable(column, error) }
  }

  /// Returns the value of a column that must have one.
  package func required<Value>(_ column: Column, _ value: Value?) throws(StoreError) -> Value {
    guard let value else { throw unreadable(column) }
    return value
  }

  /// Returns a number that must not be less than `least`.
  package func number<Value: BinaryInteger>(
    _ column: Column, _ value: Value, atLeast least: Value
  ) throws(StoreError) -> Value {
    guard value >= least else { throw unreadable(column) }
    return value
  }

  /// The error of a column whose value is not one that this version writes.
  package func unreadable(_ column: Column, _ cause: (any Error)? = nil) -> StoreError {
    StoreError(
      code: .incompatible,
      message: "the stored timer \(key) cannot be read: its column \(column.name) is wrong",
      isRetriable: false, cause: cause)
  }
}
