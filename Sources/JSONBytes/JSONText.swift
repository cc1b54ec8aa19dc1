/// One value inside a JSON text whose syntax has been checked; its bytes are never decoded and re-encoded.
package struct JSONText: Sendable {
  /// The type of a JSON value.
  package enum Kind: String, Sendable {
    case object
    case array
    case string
    case number
    case boolean
    case null
  }

  @usableFromInline let whole: [UInt8]
  @usableFromInline let range: Range<Int>

  /// Checks that `bytes` are one JSON text in UTF-8, nested at most `maxDepth` deep.
  ///
  /// - Throws: where and how they are not.
  package init(_ bytes: [UInt8], maxDepth: Int) throws(JSONSyntaxError) {
    range = try bytes.withUnsafeBufferPointer { (bytes) throws(JSONSyntaxError) -> Range<Int> in
      var scanner = JSONScanner(bytes, from: 0, to: bytes.count)
      scanner.skipWhitespace()
      let start = scanner.position
      try scanner.skipValue(depthLeft: maxDepth)
      let end = scanner.position
      scanner.skipWhitespace()
      guard scanner.position == bytes.count else { throw scanner.failure("goes on after its end") }
      return start..<end
    }
    whole = bytes
  }

  private init(whole: [UInt8], range: Range<Int>) {
    self.whole = whole
    self.range = range
  }

  /// The value's bytes as they came, without the white space around it.
  @inlinable
  package var bytes: ArraySlice<UInt8> { whole[range] }

  /// The type of the value.
  @inlinable
  package var kind: Kind {
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
  package var members: [(name: String, value: JSONText)]? {
    guard kind == .object else { return nil }
    var found: [(name: String, value: JSONText)] = []
    // A guess: members of some 20 bytes.
    found.reserveCapacity(min(1 + range.count / 20, 8))
    forEachMember { name, value in found.append((name.text, value)) }
    return found
  }

  /// Calls `body` with each member of an object in order, duplicates included; other kinds have none.
  package func forEachMember(_ body: (JSONName, JSONText) -> Void) {
    guard kind == .object else { return }
    whole.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes, from: range.lowerBound, to: range.upperBound)
      // The text was checked as a whole before, so that nothing can be wrong with a part of it.
      try? scanner.skipMembers { (scanner, name) throws(JSONSyntaxError) in
        let start = scanner.position
        try scanner.skipValue(depthLeft: .max)
        body(JSONName(bytes: whole[name]), JSONText(whole: whole, range: start..<scanner.position))
      }
    }
  }

  /// The elements of an array, in order; nil for another kind.
  package var elements: [JSONText]? { elements(upTo: .max) }

  /// The first `limit` elements of an array, in order; nil for another kind.
  package func elements(upTo limit: Int) -> [JSONText]? {
    guard kind == .array else { return nil }
    return whole.withUnsafeBufferPointer { bytes in
      var found: [JSONText] = []
      var scanner = JSONScanner(bytes, from: range.lowerBound + 1, to: range.upperBound - 1)
      scanner.skipWhitespace()
      while scanner.position < scanner.end, found.count < limit {
        let start = scanner.position
        guard (try? scanner.skipValue(depthLeft: .max)) != nil else { break }
        found.append(JSONText(whole: whole, range: start..<scanner.position))
        scanner.skipWhitespace()
        scanner.position += 1
        scanner.skipWhitespace()
      }
      return found
    }
  }

  /// A string's text; nil for another kind, and for a lone surrogate, which no Unicode text can hold.
  package var string: String? {
    guard kind == .string else { return nil }
    return Self.decode(whole[(range.lowerBound + 1)..<(range.upperBound - 1)])
  }

  /// The value of a boolean; nil for another kind.
  package var boolean: Bool? { kind == .boolean ? whole[range.lowerBound] == UInt8(ascii: "t") : nil }

  /// The value of a number; nil for another kind, and for one of more than 255 characters.
  package var number: Double? {
    kind == .number && range.count <= Self.longestNumber
      ? Double(String(decoding: bytes, as: UTF8.self)) : nil
  }

  /// The value of a number without fraction, `30.0` and `3e1` included; nil for others, from 2^53 on, and for one of more than 255
  /// characters.
  package var integer: Int64? {
    guard kind == .number, range.count <= Self.longestNumber else { return nil }
    if let exact = Int64(String(decoding: bytes, as: UTF8.self)) { return exact }
    guard let number, number.rounded() == number, abs(number) < 9_007_199_254_740_992 else { return nil }
    return Int64(number)
  }

  /// No number that anybody means is longer, and reading one takes more than its length.
  private static let longestNumber = 255

  /// The text that stands between quotation marks; nil if it has a lone surrogate.
  @usableFromInline
  static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    let isPlain = bytes.withUnsafeBytes { UnescapedRun.prefixLength(of: $0) == $0.count }
    guard !isPlain, bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    return bytes.withUnsafeBufferPointer { bytes in
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count)
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte != UInt8(ascii: "\\") {
          text.append(byte)
          index += 1
        } else if bytes[index + 1] != UInt8(ascii: "u") {
          text.append(unescaped(bytes[index + 1]))
          index += 2
        } else {
          guard let scalar = scalar(bytes, at: &index) else { return nil }
          text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// Reads one `\u` escape, or the two of a pair of surrogates, and moves `index` behind them; nil for a lone surrogate.
  private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: inout Int) -> Unicode.Scalar? {
    func unit(at start: Int) -> UInt32 {
      (start..<start + 4).reduce(0) { $0 << 4 | (HexDigit.value(bytes[$1]) ?? 0) }
    }
    let first = unit(at: index + 2)
    index += 6
    guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
    else { return nil }
    let second = unit(at: index + 2)
    guard (0xdc00..<0xe000).contains(second) else { return nil }
    index += 6
    return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
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
