import CLibpq
import TimerModel

/// The rows that a statement returned, in binary form; owns libpq's result.
final class PostgresRows {
  private let result: OpaquePointer

  /// Takes over `result`, and frees it in the end.
  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  var count: Int { Int(PQntuples(result)) }

  var columnCount: Int { Int(PQnfields(result)) }

  func isNull(_ row: Int, _ column: Int) -> Bool { PQgetisnull(result, Int32(row), Int32(column)) != 0 }

  func int8(_ row: Int, _ column: Int) -> Int64? { integer(row, column) }

  func int4(_ row: Int, _ column: Int) -> Int32? { integer(row, column) }

  func int2(_ row: Int, _ column: Int) -> Int16? { integer(row, column) }

  func bool(_ row: Int, _ column: Int) -> Bool { raw(row, column)?.first == 1 }

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

  /// The elements of an array of one dimension without NULLs.
  func texts(_ row: Int, _ column: Int) -> [String]? {
    guard let raw = raw(row, column) else { return nil }
    var elements: [String] = []
    var offset = 20
    while offset + 4 <= raw.count {
      let length = Int(Int32(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
      let end = offset + 4 + max(length, 0)
      guard end <= raw.count else { break }
      elements.append(String(decoding: raw[offset + 4..<end], as: UTF8.self))
      offset = end
    }
    return elements
  }

  private func integer<Value: FixedWidthInteger>(_ row: Int, _ column: Int) -> Value? {
    guard let raw = raw(row, column), raw.count == MemoryLayout<Value>.size else { return nil }
    return Value(bigEndian: raw.loadUnaligned(as: Value.self))
  }

  /// The bytes of a field; nil for NULL. They are valid as long as the result.
  private func raw(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    guard !isNull(row, column) else { return nil }
    return UnsafeRawBufferPointer(
      start: PQgetvalue(result, Int32(row), Int32(column)),
      count: Int(PQgetlength(result, Int32(row), Int32(column))))
  }
}
