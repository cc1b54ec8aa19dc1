import JSONBytes
import TimerModel

/// A value in the text of a statement.
///
/// Bytes go as hexadecimal literals: whatever they are, no setting of the session and no character set changes what they mean.
package enum MySQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case bytes([UInt8])
  /// The time of the packet and so many milliseconds.
  case now(plus: Int64)
  /// A list in parentheses.
  case list([MySQLValue])
  /// Lists in parentheses, separated by commas.
  case rows([[MySQLValue]])

  /// Encodes a number; nil is NULL.
  static func number(_ value: Int64?) -> MySQLValue { value.map { .integer($0) } ?? .null }

  /// Encodes a time; nil is NULL.
  static func time(_ value: Timestamp?) -> MySQLValue { number(value?.milliseconds) }

  /// Encodes a text; nil is NULL.
  static func text(_ value: String?) -> MySQLValue { value.map { .bytes(Array($0.utf8)) } ?? .null }

  /// Encodes bytes; nil is NULL.
  static func optionalBytes(_ value: [UInt8]?) -> MySQLValue { value.map { .bytes($0) } ?? .null }

  /// Encodes the 16 bytes of an id.
  static func firing(_ id: FiringID) -> MySQLValue {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    withUnsafeBytes(of: id.high.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: id.low.bigEndian) { bytes.append(contentsOf: $0) }
    return .bytes(bytes)
  }

  /// Encodes the two columns of a key.
  static func key(_ key: TimerKey) -> [MySQLValue] { [.text(key.groupID), .text(key.timerID)] }

  /// Appends the value as it stands in a statement.
  func append(to sql: inout [UInt8]) {
    switch self {
    case .null: sql += "NULL".utf8
    case .integer(let value): sql += String(value).utf8
    case .now(let milliseconds): sql += "@now + \(milliseconds)".utf8
    case .bytes(let bytes):
      sql += "x'".utf8
      for byte in bytes {
        sql.append(HexDigit.of(byte >> 4))
        sql.append(HexDigit.of(byte & 0xF))
      }
      sql.append(UInt8(ascii: "'"))
    case .list(let values): Self.append(values, to: &sql)
    case .rows(let rows):
      for (number, row) in rows.enumerated() {
        if number > 0 { sql.append(UInt8(ascii: ",")) }
        Self.append(row, to: &sql)
      }
    }
  }

  private static func append(_ values: [MySQLValue], to sql: inout [UInt8]) {
    sql.append(UInt8(ascii: "("))
    for (number, value) in values.enumerated() {
      if number > 0 { sql.append(UInt8(ascii: ",")) }
      value.append(to: &sql)
    }
    sql.append(UInt8(ascii: ")"))
  }

  /// The bytes that a row of values takes in a statement, roughly.
  static func size(of row: [MySQLValue]) -> Int {
    row.reduce(0) { size, value in
      if case .bytes(let bytes) = value { size + 2 * bytes.count + 4 } else { size + 12 }
    }
  }
}
