/// Finds the bytes of a JSON string that need no escape, eight at a time.
enum UnescapedRun {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Returns the number of leading bytes that are ASCII and neither a quotation mark, nor a backslash, nor a
  /// control character.
  static func prefixLength(of bytes: UnsafeRawBufferPointer) -> Int {
    var length = 0
    while length + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: length, as: UInt64.self)
      guard needsNoEscape(word) else { break }
      length += 8
    }
    while length < bytes.count, needsNoEscape(bytes[length]) { length += 1 }
    return length
  }

  static func needsNoEscape(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// The same for eight bytes: a byte minus one has its highest bit set if the byte was zero, a byte minus 0x20 if it was a control
  /// character. A borrow can raise a false alarm only beside a true one.
  private static func needsNoEscape(_ word: UInt64) -> Bool {
    let quotes = (word ^ ones &* UInt64(UInt8(ascii: "\""))) &- ones
    let backslashes = (word ^ ones &* UInt64(UInt8(ascii: "\\"))) &- ones
    let controls = word &- ones &* 0x20
    return (word | quotes | backslashes | controls) & highs == 0
  }
}
