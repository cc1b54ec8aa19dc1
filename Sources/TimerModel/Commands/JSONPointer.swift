/// A place in a JSON text, written as a URI fragment (RFC 6901, section 6).
struct JSONPointer: CustomStringConvertible {
  private(set) var description = "#"

  static let root = JSONPointer()

  /// The place of member `name` of the object at this place.
  func member(_ name: String) -> JSONPointer {
    var pointer = self
    pointer.description += "/"
    for byte in name.utf8 { pointer.append(byte) }
    return pointer
  }

  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "~"): description += "~0"
    case UInt8(ascii: "/"): description += "~1"
    case _ where Self.isAllowedInFragment(byte): description.unicodeScalars.append(UnicodeScalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      description += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }

  private static func isAllowedInFragment(_ byte: UInt8) -> Bool {
    IDRule.isAllowed(byte) || byte == UInt8(ascii: "?")
  }
}
