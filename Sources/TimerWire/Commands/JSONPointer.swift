import TimerModel

/// A place in a JSON text, written as a URI fragment (RFC 6901, section 6). It is put in words only where something is wrong.
struct JSONPointer: CustomStringConvertible {
  private var names: [String] = []

  static let root = JSONPointer()

  /// The place of member `name` of the object at this place.
  func member(_ name: String) -> JSONPointer {
    var pointer = self
    pointer.names.append(name)
    return pointer
  }

  var description: String {
    var text = "#"
    for name in names {
      text += "/"
      for byte in name.utf8 { Self.append(byte, to: &text) }
    }
    return text
  }

  /// This place or, if it takes more than so many bytes, the nearest around it that does not.
  func description(upTo bytes: Int) -> String {
    var pointer = self
    // No name is put in words that is too long in any case.
    while pointer.names.reduce(1, { $0 + 1 + $1.utf8.count }) > bytes { pointer.names.removeLast() }
    while true {
      let text = pointer.description
      guard text.utf8.count > bytes, pointer.names.popLast() != nil else { return text }
    }
  }

  private static func append(_ byte: UInt8, to text: inout String) {
    switch byte {
    case UInt8(ascii: "~"): text += "~0"
    case UInt8(ascii: "/"): text += "~1"
    case _ where isAllowedInFragment(byte): text.unicodeScalars.append(UnicodeScalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }

  private static func isAllowedInFragment(_ byte: UInt8) -> Bool {
    IDRule.isAllowed(byte) || byte == UInt8(ascii: "?")
  }
}
