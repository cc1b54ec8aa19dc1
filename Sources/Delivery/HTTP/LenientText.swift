/// Words and strings of text that is not quite JSON.
enum LenientText {
  /// Returns true if a string between quotation marks stands for `text`, escapes considered.
  static func equals(_ raw: ArraySlice<UInt8>, _ text: String) -> Bool {
    if raw.elementsEqual(text.utf8) { return true }
    // Each character has at most six bytes as an escape.
    guard raw.contains(UInt8(ascii: "\\")), raw.count <= 6 * text.utf8.count else { return false }
    return decoded(raw) == text
  }

  /// The text of a string. Escapes of what is not ASCII, and bytes that are not UTF-8, become replacement characters: nothing that is looked for
  /// has them.
  static func decoded(_ raw: ArraySlice<UInt8>) -> String {
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    var text: [UInt8] = []
    var rest = raw
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
        text.append(byte)
        continue
      }
      guard letter == UInt8(ascii: "u") else {
        text.append(letter)
        continue
      }
      let digits = rest.prefix(4)
      rest = rest.dropFirst(4)
      let unit = Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? -1
      text.append((0..<0x80).contains(unit) ? UInt8(unit) : 0xff)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Returns true if a word is `false`, as JSON or Python write it, or the beginning of it.
  static func isFalse(_ word: ArraySlice<UInt8>, orItsBeginning isBeginning: Bool) -> Bool {
    let letters = word.map { $0 | 0x20 }
    return letters.elementsEqual("false".utf8)
      || isBeginning && !letters.isEmpty && "false".utf8.starts(with: letters)
  }

  /// Returns true if a word stands for no value.
  static func isNull(_ word: ArraySlice<UInt8>) -> Bool {
    ["null", "None", "nil", "undefined"].contains { word.elementsEqual($0.utf8) }
  }
}
