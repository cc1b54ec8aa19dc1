package import TimerModel

/// Reads the columns of a timer's row; what cannot be read is said with the timer and the column.
package struct StoredColumn: Sendable {
  private let key: TimerKey

  /// Creates a reader of the row of `key`.
  package init(of key: TimerKey) { self.key = key }

  /// Decodes the text of a column; nil stands for NULL.
  ///
  /// - Throws: `StoreError` with code `incompatible`.
  package func decode<Value>(
    _ column: StaticString, _ text: String?, _ decode: (String) throws -> Value
  ) throws(StoreError) -> Value? {
    guard let text else { return nil }
    do { return try decode(text) } catch { throw unreadable(column, error) }
  }

  /// Returns the value of a column that must have one.
  package func required<Value>(_ column: StaticString, _ value: Value?) throws(StoreError) -> Value {
    guard let value else { throw unreadable(column) }
    return value
  }

  /// Returns a number that must not be less than `least`.
  package func number<Value: BinaryInteger>(
    _ column: StaticString, _ value: Value, atLeast least: Value
  ) throws(StoreError) -> Value {
    guard value >= least else { throw unreadable(column) }
    return value
  }

  /// The error of a column whose value is not one that this version writes.
  package func unreadable(_ column: StaticString, _ cause: (any Error)? = nil) -> StoreError {
    StoreError(
      code: .incompatible, message: "the stored timer \(key) cannot be read: its column \(column) is wrong",
      isRetriable: false, cause: cause)
  }
}
