import CLibmariadb
import TimerModel

/// The rows that a statement returned, in text form, or the number of rows that it affected; owns the library's result.
final class MySQLRows {
  /// The number of rows that were changed; of an upsert, 1 for each new row and 2 for each that was changed.
  let affected: Int
  private let result: UnsafeMutablePointer<MYSQL_RES>?
  private var rows: [MYSQL_ROW] = []
  private var lengths: [Int] = []
  private let columnCount: Int

  /// Takes note of a statement without rows.
  init(affected: Int) {
    self.affected = affected
    result = nil
    columnCount = 0
  }

  /// Takes over `result`, and frees it in the end.
  init(_ result: UnsafeMutablePointer<MYSQL_RES>) {
    self.result = result
    affected = 0
    columnCount = Int(mysql_num_fields(result))
    // The library gives the lengths of one row at a time.
    while let row = mysql_fetch_row(result) {
      rows.append(row)
      let sizes = mysql_fetch_lengths(result)
      for column in 0..<columnCount { lengths.append(sizes.map { Int($0[column]) } ?? 0) }
    }
  }

  deinit { if let result { mysql_free_result(result) } }

  var count: Int { rows.count }

  func integer(_ row: Int, _ column: Int) -> Int64? {
    guard let raw = raw(row, column) else { return nil }
    return Int64(String(decoding: raw, as: UTF8.self))
  }

  func bytes(_ row: Int, _ column: Int) -> [UInt8]? { raw(row, column).map { Array($0) } }

  func text(_ row: Int, _ column: Int) -> String? {
    raw(row, column).map { String(decoding: $0, as: UTF8.self) }
  }

  func firingID(_ row: Int, _ column: Int) -> FiringID? {
    guard let raw = raw(row, column), raw.count == 16 else { return nil }
    return FiringID(
      high: UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  /// The bytes of a field; nil for NULL and for a row beyond the last. They are valid as long as the result.
  private func raw(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    guard rows.indices.contains(row), (0..<columnCount).contains(column), let field = rows[row][column] else {
      return nil
    }
    return UnsafeRawBufferPointer(start: field, count: lengths[row * columnCount + column])
  }
}
