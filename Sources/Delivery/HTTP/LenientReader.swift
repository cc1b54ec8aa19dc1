/// Finds `ok` and `nextExecuteAt` in text that is not quite JSON: with text around the object or bytes that are not UTF-8, with `NaN`, comments,
/// single quotation marks, names without any, commas too many or too few, nested as deep as you like, or cut off.
///
/// A receiver's no must not be lost because something else in its answer is wrong. Looks at each byte a fixed number of times and calls itself nowhere.
struct LenientReader {
  private let bytes: [UInt8]
  private let isCut: Bool
  private var position = 0
  private var found = ResponseDirectives()
  /// True if something stood where it cannot stand, so that what is what is a guess.
  private var isAmbiguous = false

  init(_ bytes: [UInt8], isCut: Bool) {
    self.bytes = bytes
    self.isCut = isCut
  }

  /// Reads the text, once.
  mutating func directives() -> ResponseDirectives {
    var isClosed = false
    while let start = bytes[position...].firstIndex(of: UInt8(ascii: "{")) {
      position = start + 1
      isClosed = readMembers()
    }
    found.isReadable = isClosed && !isAmbiguous
    // A quotation mark that is missing hides all that follows.
    if isAmbiguous || !isClosed && !isCut, !found.isRejection { found.isRejection = hasRejectionAnywhere() }
    return found
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  // MARK: One object

  /// Reads members up to the end of their object; returns whether that came.
  private mutating func readMembers() -> Bool {
    while true {
      skipFiller(andCommas: true)
      guard let byte = next else { return false }
      switch byte {
      case UInt8(ascii: "}"):
        position += 1
        return true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        isAmbiguous = true
        skipNested()
      case UInt8(ascii: "\""), UInt8(ascii: "'"): readMember(named: readString(byte).text)
      case _ where Self.isWord(byte): readMember(named: readWord())
      default:
        isAmbiguous = true
        position += 1
      }
    }
  }

  private mutating func readMember(named name: ArraySlice<UInt8>) {
    skipFiller(andCommas: false)
    if next == UInt8(ascii: ":") {
      position += 1
    } else if next == UInt8(ascii: "="), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ">")
    {
      position += 2
    } else {
      isAmbiguous = isAmbiguous || next != nil
      return
    }
    skipFiller(andCommas: false)
    let isNext = LenientText.equals(name, "nextExecuteAt")
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      skipNested()
      if isNext { found.next = .unreadable }
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let (text, isClosed) = readString(bytes[position])
      if isNext { found.next = isClosed ? .text(LenientText.decoded(text)) : .cut }
    default:
      let word = readWord()
      // What is the last of the body may go on behind it.
      let isOpen = isCut && position == bytes.count
      if isNext { found.next = next(word, isOpen: isOpen) }
      if LenientText.equals(name, "ok"), LenientText.isFalse(word, orItsBeginning: isOpen) {
        found.isRejection = true
      }
    }
  }

  private func next(_ word: ArraySlice<UInt8>, isOpen: Bool) -> ResponseDirectives.Next? {
    if isOpen || word.isEmpty && position == bytes.count { return .cut }
    return LenientText.isNull(word) ? nil : .unreadable
  }

  // MARK: Tokens

  /// Skips a string in quotation marks; returns what is between them, and whether the second one came.
  private mutating func readString(_ mark: UInt8) -> (text: ArraySlice<UInt8>, isClosed: Bool) {
    let start = position + 1
    position = start
    while let byte = next {
      if byte == mark {
        position += 1
        return (bytes[start..<(position - 1)], true)
      }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    position = bytes.count
    return (bytes[min(start, position)..<position], false)
  }

  private mutating func readWord() -> ArraySlice<UInt8> {
    let start = position
    while let byte = next, Self.isWord(byte) { position += 1 }
    return bytes[start..<position]
  }

  /// Skips an object or an array with all that is in it.
  private mutating func skipNested() {
    var depth = 0
    // Whether a value or a name may begin here: only then is an apostrophe a quotation mark.
    var isStart = true
    repeat {
      skipFiller(andCommas: false)
      guard let byte = next else { return }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case _ where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") && isStart:
        _ = readString(byte)
        isStart = false
        continue
      default: break
      }
      isStart =
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: ",")
        || byte == UInt8(ascii: ":")
      position += 1
    } while depth > 0
  }

  /// Skips white space and comments.
  private mutating func skipFiller(andCommas skipsCommas: Bool) {
    while let byte = next {
      switch byte {
      case 0...0x20, 0x7f: position += 1
      case UInt8(ascii: ",") where skipsCommas: position += 1
      case UInt8(ascii: "/"):
        guard skipComment() else { return }
      default: return
      }
    }
  }

  private mutating func skipComment() -> Bool {
    guard position + 1 < bytes.count else { return false }
    switch bytes[position + 1] {
    case UInt8(ascii: "/"):
      position = bytes[position...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? bytes.count
    case UInt8(ascii: "*"):
      position += 2
      while position < bytes.count,
        !(bytes[position] == UInt8(ascii: "*") && position + 1 < bytes.count
          && bytes[position + 1] == UInt8(ascii: "/"))
      { position += 1 }
      position = min(position + 2, bytes.count)
    default: return false
    }
    return true
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: true
    case UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "\\"):
      true
    default: false
    }
  }

  // MARK: The last resort

  /// Returns true if `"ok": false` stands anywhere in the text.
  private func hasRejectionAnywhere() -> Bool {
    var rest = bytes[...]
    while let mark = rest.firstIndex(of: UInt8(ascii: "\"")) {
      rest = rest[(mark + 1)...]
      guard rest.starts(with: "ok\"".utf8) else { continue }
      rest = rest.dropFirst(3).drop { $0 <= 0x20 }
      guard rest.first == UInt8(ascii: ":") else { continue }
      rest = rest.dropFirst().drop { $0 <= 0x20 }
      if LenientText.isFalse(rest.prefix(while: Self.isWord), orItsBeginning: false) { return true }
    }
    return false
  }
}
