/// Walks over JSON text once, checking its syntax and remembering nothing.
///
/// It reads memory that somebody else owns and keeps for as long as the scanner is used: a body may have a hundred thousand tokens.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  var position: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    precondition(start >= 0 && end <= bytes.count, "a scanner stays inside its text")
    self.bytes = bytes
    self.end = end
    position = start
  }

  /// The next byte, or zero at the end; no JSON token starts with a zero byte.
  var next: UInt8 { position < end ? bytes[position] : 0 }

  mutating func skipWhitespace() {
    // Most tokens stand side by side.
    guard next <= 0x20 else { return }
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// Skips one value; the scanner stands on its first byte.
  mutating func skipValue(depthLeft: Int) throws(JSONSyntaxError) {
    switch next {
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "{"):
      guard depthLeft > 0 else { throw failure("is nested too deeply") }
      try skipMembers { (scanner, _) throws(JSONSyntaxError) in
        try scanner.skipValue(depthLeft: depthLeft - 1)
      }
    case UInt8(ascii: "["):
      guard depthLeft > 0 else { throw failure("is nested too deeply") }
      try skipElements(depthLeft: depthLeft)
    case UInt8(ascii: "t"): try skipWord("true")
    case UInt8(ascii: "f"): try skipWord("false")
    case UInt8(ascii: "n"): try skipWord("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
    default: throw failure(position < end ? "has an unexpected byte" : "ends too early")
    }
  }

  /// Skips an object, calling `value` on the first byte of each member's value with where its name stands between the quotation marks.
  mutating func skipMembers(
    _ value: (inout JSONScanner, Range<Int>) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    try expect(UInt8(ascii: "{"))
    skipWhitespace()
    if next == UInt8(ascii: "}") {
      position += 1
      return
    }
    while true {
      skipWhitespace()
      let nameStart = position + 1
      try skipString()
      let name = nameStart..<(position - 1)
      skipWhitespace()
      try expect(UInt8(ascii: ":"))
      skipWhitespace()
      try value(&self, name)
      skipWhitespace()
      if next == UInt8(ascii: "}") {
        position += 1
        return
      }
      try expect(UInt8(ascii: ","))
    }
  }

  mutating func skipElements(depthLeft: Int) throws(JSONSyntaxError) {
    position += 1
    skipWhitespace()
    if next == UInt8(ascii: "]") {
      position += 1
      return
    }
    while true {
      skipWhitespace()
      try skipValue(depthLeft: depthLeft - 1)
      skipWhitespace()
      if next == UInt8(ascii: "]") {
        position += 1
        return
      }
      try expect(UInt8(ascii: ","))
    }
  }

  mutating func skipString() throws(JSONSyntaxError) {
    try expect(UInt8(ascii: "\""))
    while position < end {
      if UnescapedRun.needsNoEscape(next) { skipUnescapedRun() }
      switch next {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): try skipEscape()
      case 0..<0x20:
        throw failure(
          position < end ? "has a control character inside a string" : "ends inside a string")
      default: try skipMultibyteScalar()
      }
    }
    throw failure("ends inside a string")
  }

  private mutating func skipUnescapedRun() {
    position += UnescapedRun.prefixLength(
      of: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[position..<end]))
  }

  private mutating func skipEscape() throws(JSONSyntaxError) {
    position += 1
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      position += 1
      for _ in 0..<4 {
        guard HexDigit.value(next) != nil else { throw failure("has a wrong \\u escape") }
        position += 1
      }
    default: throw failure("has a wrong escape")
    }
  }

  /// Skips one scalar of two to four bytes, by the table of well-formed UTF-8 (Unicode, table 3-7).
  private mutating func skipMultibyteScalar() throws(JSONSyntaxError) {
    let lead = bytes[position]
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xc2...0xdf: (2, 0x80...0xbf)
      case 0xe0: (3, 0xa0...0xbf)
      case 0xe1...0xec, 0xee...0xef: (3, 0x80...0xbf)
      case 0xed: (3, 0x80...0x9f)
      case 0xf0: (4, 0x90...0xbf)
      case 0xf1...0xf3: (4, 0x80...0xbf)
      case 0xf4: (4, 0x80...0x8f)
      default: throw failure("is not valid UTF-8")
      }
    guard position + length <= end, second.contains(bytes[position + 1]) else {
      throw failure("is not valid UTF-8")
    }
    for index in (position + 2)..<max(position + length, position + 2)
    where !(0x80...0xbf).contains(bytes[index]) {
      throw failure("is not valid UTF-8")
    }
    position += length
  }

  private mutating func skipNumber() throws(JSONSyntaxError) {
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
  }

  private mutating func skipDigits() throws(JSONSyntaxError) {
    let start = position
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    guard position > start else { throw failure("has a wrong number") }
  }

  private mutating func skipWord(_ word: StaticString) throws(JSONSyntaxError) {
    let matches = word.withUTF8Buffer { letters in
      position + letters.count <= end && bytes[position..<position + letters.count].elementsEqual(letters)
    }
    guard matches else { throw failure("has an unexpected word") }
    position += word.utf8CodeUnitCount
  }

  private mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
    guard next == byte else {
      throw failure(position < end ? "has an unexpected byte" : "ends too early")
    }
    position += 1
  }

  func failure(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: position) }
}
