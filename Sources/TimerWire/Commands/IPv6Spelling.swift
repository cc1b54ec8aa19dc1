import JSONBytes

/// Recognizes IPv6 addresses (RFC 4291, section 2.2).
enum IPv6Spelling {
  /// Returns true if `text` is one, without a zone.
  static func isAddress(_ text: [UInt8]) -> Bool {
    guard text.count <= 45 else { return false }
    let halves = halves(of: text)
    guard let first = count(halves.0, isLast: halves.1 == nil) else { return false }
    guard let second = halves.1 else { return first == 8 }
    // Two colons stand for one group of zeros at least.
    guard let last = count(second, isLast: true) else { return false }
    return first + last <= 7
  }

  /// The groups before and after two colons in a row.
  private static func halves(of text: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
    let colon = UInt8(ascii: ":")
    guard let index = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon })
    else {
      return (text[...], nil)
    }
    return (text[..<index], text[(index + 2)...])
  }

  /// Returns the number of groups of 16 bits; nil if one is invalid.
  private static func count(_ groups: ArraySlice<UInt8>, isLast: Bool) -> Int? {
    guard !groups.isEmpty else { return 0 }
    let parts = groups.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var count = 0
    for (index, part) in parts.enumerated() {
      if (1...4).contains(part.count), part.allSatisfy({ HexDigit.value($0) != nil }) {
        count += 1
      } else if isLast, index == parts.count - 1, isIPv4(part) {
        count += 2
      } else {
        return nil
      }
    }
    return count
  }

  private static func isIPv4(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { (0x30...0x39).contains($0) }
          && part.reduce(0) { $0 * 10 + Int($1) - 0x30 } <= 255 && (part.count == 1 || part.first != 0x30)
      }
  }
}
