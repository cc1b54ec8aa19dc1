/// Hexadecimal digits as bytes of ASCII.
package enum HexDigit {
  /// Returns the digit of a number's lowest four bits, in lower case.
  @inlinable @inline(__always)
  package static func of(_ value: UInt8) -> UInt8 {
    let bits = value & 15
    return bits < 10 ? UInt8(ascii: "0") + bits : UInt8(ascii: "a") + bits - 10
  }

  /// Returns the number that a digit stands for, in either case; nil if the byte is another character.
  @inlinable
  package static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(digit - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(digit - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
