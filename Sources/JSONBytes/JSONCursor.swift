/// The position of the next byte. The writer has made sure that there is room for everything that is
/// appended.
struct JSONCursor {
  var next: UnsafeMutableRawPointer

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    next.storeBytes(of: byte, as: UInt8.self)
    next += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    next.copyMemory(from: start, byteCount: bytes.count)
    next += bytes.count
  }

  mutating func append(digitsOf value: UInt64) {
    var count = 1
    var rest = value / 10
    while rest > 0 {
      count += 1
      rest /= 10
    }
    rest = value
    for offset in stride(from: count - 1, through: 0, by: -1) {
      next.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: offset, as: UInt8.self)
      rest /= 10
    }
    next += count
  }

  /// Appends a byte of a string; at most six bytes.
  mutating func append(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      append(UInt8(ascii: "\\"))
      append(byte)
    case 0..<0x20:
      for letter in "\\u00".utf8 { append(letter) }
      append(HexDigit.of(byte >> 4))
      append(HexDigit.of(byte))
    default: append(byte)
    }
  }
}
