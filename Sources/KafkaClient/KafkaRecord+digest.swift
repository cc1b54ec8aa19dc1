import TimerModel

extension KafkaRecord {
  /// A digest of its time, key and value, by which a record is known again at its offset. It does not protect against forgery.
  package var digest: UInt64 {
    var hash = FNV1a()
    hash.add(number: UInt64(bitPattern: timestampMilliseconds ?? -1))
    hash.add(counted: key)
    hash.add(counted: value)
    return hash.value
  }
}

extension FNV1a {
  fileprivate mutating func add(number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  /// Adds bytes with their number, so that a key's end is not taken for a value's beginning.
  fileprivate mutating func add(counted bytes: [UInt8]?) {
    add(number: UInt64(bitPattern: Int64(bytes?.count ?? -1)))
    add(bytes ?? [])
  }
}
