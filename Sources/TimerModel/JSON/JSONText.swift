/// One value inside a JSON text whose syntax has been checked; its bytes are never decoded and re-encoded.
public struct JSONText: Sendable {
  /// What kind of value it is.
  public enum Kind: String, Sendable {
    /// `{…}`
    case object
    /// `[…]`
    case array
    /// `"…"`
    case string
    /// A number.
    case number
    /// `true` or `false`
    case boolean
    /// `null`
    case null
  }

  private let whole: [UInt8]
  private let range: Range<Int>

  /// Checks that `bytes` are one JSON text in UTF-8, nested at most `maxDepth` deep.
  ///
  /// - Throws: where and how they are not.
  public init(_ bytes: [UInt8], maxDepth: Int) throws(JSONSyntaxError) {
    var scanner = JSONScanner(bytes, from: 0, to: bytes.count)
    scanner.skipWhitespace()
    let start = scanner.position
    try scanner.skipValue(depthLeft: maxDepth)
    range = start..<scanner.position
    scanner.skipWhitespace()
    guard scanner.position == bytes.count else { throw scanner.failure("goes on after its end") }
    whole = bytes
  }

  private init(whole: [UInt8], range: Range<Int>) {
    self.whole = whole
    self.range = range
  }

  /// The value's bytes as they came, without the white space around it.
  public var bytes: ArraySlice<UInt8> { whole[range] }

  /// What kind of value it is.
  public var kind: Kind {
    switch whole[range.lowerBound] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// The members of an object, in order, duplicates included; nil for another kind.
  public var members: [(name: String, value: JSONText)]? {
    guard kind == .object else { return nil }
    var found: [(name: String, value: JSONText)] = []
    // A guess: members of some 20 bytes.
    found.reserveCapacity(min(1 + range.count / 20, 8))
    var scanner = JSONScanner(whole, from: range.lowerBound, to: range.upperBound)
    // The text was checked as a whole before, so that nothing can be wrong with a part of it.
    try? scanner.skipMembers { (scanner, name) throws(JSONSyntaxError) in
      let start = scanner.position
      try scanner.skipValue(depthLeft: .max)
      found.append(
        (Self.decode(whole[name]) ?? "\u{fffd}", JSONText(whole: whole, range: start..<scanner.position)))
    }
    return found
  }

  /// The elements of an array, in order; nil for another kind.
  public var elements: [JSONText]? {
    guard kind == .array else { return nil }
    var found: [JSONText] = []
    var scanner = JSONScanner(whole, from: range.lowerBound + 1, to: range.upperBound - 1)
    scanner.skipWhitespace()
    while scanner.position < scanner.end {
      let start = scanner.position
      guard (try? scanner.skipValue(depthLeft: .max)) != nil else { break }
      found.append(JSONText(whole: whole, range: start..<scanner.position))
      scanner.skipWhitespace()
      scanner.position += 1
      scanner.skipWhitespace()
    }
    return found
  }

  /// A string's text; nil for another kind, and for a lone surrogate, which no Unicode text can hold.
  public var string: String? {
    guard kind == .string else { return nil }
    return Self.decode(whole[(range.lowerBound + 1)..<(range.upperBound - 1)])
  }

  /// The value of a boolean; nil for another kind.
  public var boolean: Bool? { kind == .boolean ? whole[range.lowerBound] == UInt8(ascii: "t") : nil }

  /// The value of a number; nil for another kind.
  public var number: Double? {
    kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil
  }

  /// The value of a number without fraction, `30.0` and `3e1` included; nil for others and beyond 2^53.
  public var integer: Int64? {
    guard kind == .number else { return nil }
    if let exact = Int64(String(decoding: bytes, as: UTF8.self)) { return exact }
    guard let number, number.rounded() == number, abs(number) <= 9_007_199_254_740_992 else { return nil }
    return Int64(number)
  }

  private static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    let isPlain = bytes.withUnsafeBytes { PlainText.prefixLength(of: $0) == $0.count }
    guard !isPlain, bytes.contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    var units: [UInt16] = []
    var index = bytes.startIndex
    var text = ""
    func flush() -> Bool {
      guard !units.isEmpty else { return true }
      guard let decoded = String(validating: units, as: UTF16.self) else { return false }
      text += decoded
      units.removeAll(keepingCapacity: true)
      return true
    }
    while index < bytes.endIndex {
      guard bytes[index] == UInt8(ascii: "\\") else {
        guard flush() else { return nil }
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "\\")) ?? bytes.endIndex
        text += String(decoding: bytes[index..<end], as: UTF8.self)
        index = end
        continue
      }
      let letter = bytes[index + 1]
      if letter == UInt8(ascii: "u") {
        let digits = bytes[(index + 2)..<(index + 6)]
        units.append(UInt16(digits.reduce(0) { $0 << 4 | (JSONScanner.hexValue($1) ?? 0) }))
        index += 6
      } else {
        units.append(UInt16(unescaped(letter)))
        index += 2
      }
    }
    return flush() ? text : nil
  }

  private static func unescaped(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }
}
