extension KafkaRecord {
  /// A digest of its time, key and value, by which a record is known again at its offset. It does not protect against forgery.
  package var digest: UInt64 {
    var hash = FNV1a()
    hash.add(UInt64(bitPattern: timestampMilliseconds ?? -1))
    hash.add(key)
    hash.add(value)
    return hash.value
  }
}

/// The 64-bit hash of Fowler, Noll and Vo, whose values may be stored.
struct FNV1a {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  /// Adds bytes with their number, so that a key's end is not taken for a value's beginning.
  mutating func add(_ bytes: [UInt8]?) {
    add(UInt64(bitPattern: Int64(bytes?.count ?? -1)))
    for byte in bytes ?? [] { add(byte) }
  }
}
