import TimerModel

/// A parameter in PostgreSQL's binary form.
package struct PostgresParameter: Sendable {
  /// The bytes; nil is NULL.
  package let bytes: [UInt8]?

  /// Encodes a `bigint`; nil is NULL.
  package static func int8(_ value: Int64?) -> PostgresParameter {
    PostgresParameter(bytes: value.map { $0.bigEndianBytes })
  }

  static func int4(_ value: Int32) -> PostgresParameter { PostgresParameter(bytes: value.bigEndianBytes) }

  static func bytea(_ value: [UInt8]?) -> PostgresParameter { PostgresParameter(bytes: value) }

  static func bytea(_ value: String?) -> PostgresParameter { bytea(value.map { Array($0.utf8) }) }

  static func byteas(_ values: some Collection<[UInt8]?>) -> PostgresParameter {
    array(of: 17, values) { bytes, value in bytes += value }
  }

  static func texts(_ values: some Collection<String?>) -> PostgresParameter {
    array(of: 17, values) { bytes, value in bytes += value.utf8 }
  }

  static func int8s(_ values: some Collection<Int64?>) -> PostgresParameter {
    array(of: 20, values) { bytes, value in bytes.append(bigEndian: value) }
  }

  static func int4s(_ values: some Collection<Int32?>) -> PostgresParameter {
    array(of: 23, values) { bytes, value in bytes.append(bigEndian: value) }
  }

  static func int2s(_ values: some Collection<Int16>) -> PostgresParameter {
    array(of: 21, values.lazy.map { Int16?.some($0) }) { bytes, value in bytes.append(bigEndian: value) }
  }

  static func optionalInt2s(_ values: some Collection<Int16?>) -> PostgresParameter {
    array(of: 21, values) { bytes, value in bytes.append(bigEndian: value) }
  }

  static func uuids(_ values: some Collection<FiringID?>) -> PostgresParameter {
    array(of: 2950, values) { bytes, value in
      bytes.append(bigEndian: value.high)
      bytes.append(bigEndian: value.low)
    }
  }

  /// The layout of `array_recv`: dimensions, whether there are NULLs, the type; size and lower bound of the
  /// only dimension; the elements, each after its length.
  private static func array<Element>(
    of type: UInt32, _ values: some Collection<Element?>, _ encode: (inout [UInt8], Element) -> Void
  ) -> PostgresParameter {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20 + values.count * 24)
    bytes.append(bigEndian: Int32(values.isEmpty ? 0 : 1))
    bytes.append(bigEndian: Int32(1))
    bytes.append(bigEndian: type)
    guard !values.isEmpty else { return PostgresParameter(bytes: bytes) }
    bytes.append(bigEndian: Int32(values.count))
    bytes.append(bigEndian: Int32(1))
    for value in values {
      guard let value else {
        bytes.append(bigEndian: Int32(-1))
        continue
      }
      let start = bytes.count
      bytes.append(bigEndian: Int32(0))
      encode(&bytes, value)
      let length = Int32(bytes.count - start - 4).bigEndian
      bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start, as: Int32.self) }
    }
    return PostgresParameter(bytes: bytes)
  }
}

extension FixedWidthInteger {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}
