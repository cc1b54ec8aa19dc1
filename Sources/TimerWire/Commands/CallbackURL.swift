/// Recognizes absolute `http` and `https` URLs that a timer may be delivered to.
enum CallbackURL {
  private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

  /// Returns the rule that `text` breaks, in words that follow the field's name; nil if there is none.
  /// Its length is not limited here.
  static func violation(of text: String) -> String? {
    var text = text
    // By bytes, since all of them are ASCII: characters would be looked up in Unicode's tables one by one.
    return text.withUTF8 { violation(of: $0[...]) }
  }

  private static func violation(of text: Bytes) -> String? {
    guard text.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return "must be printable ASCII without spaces; escape other characters"
    }
    guard let schemeEnd = text.firstIndex(of: UInt8(ascii: ":")),
      text[schemeEnd...].starts(with: "://".utf8)
    else { return "must be an absolute http or https URL" }
    guard isHTTP(text[..<schemeEnd]) else { return "must have the scheme http or https" }
    guard !text.contains(UInt8(ascii: "#")) else { return "must have no fragment" }
    let authority = text[(schemeEnd + 3)...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard !authority.contains(UInt8(ascii: "@")) else { return "must have no user info" }
    return violation(ofAuthority: authority)
  }

  private static func isHTTP(_ scheme: Bytes) -> Bool {
    let lowercased = scheme.lazy.map { $0 | 0x20 }
    return lowercased.elementsEqual("http".utf8) || lowercased.elementsEqual("https".utf8)
  }

  private static func violation(ofAuthority authority: Bytes) -> String? {
    let isAddress = authority.first == UInt8(ascii: "[")
    let hostEnd =
      isAddress
      ? authority.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? authority.endIndex
      : authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
    let host = authority[..<hostEnd]
    guard isAddress ? isBracketedAddress(host) : isName(host) else {
      return "must have a host name or an IP address"
    }
    guard hostEnd < authority.endIndex else { return nil }
    let digits = authority[(hostEnd + 1)...]
    guard authority[hostEnd] == UInt8(ascii: ":"), digits.allSatisfy(isDigit), isPort(digits) else {
      return "must have a port from 1 to 65535"
    }
    return nil
  }

  private static func isPort(_ digits: Bytes) -> Bool {
    // Larger numbers become one that is too large, and none overflows.
    (1...65_535).contains(digits.reduce(0) { min($0 * 10 + Int($1) - 0x30, 65_536) })
  }

  private static func isBracketedAddress(_ host: Bytes) -> Bool {
    guard host.count > 1, host.last == UInt8(ascii: "]") else { return false }
    return IPv6Spelling.isAddress(Array(host.dropFirst().dropLast()))
  }

  private static func isName(_ host: Bytes) -> Bool {
    host.contains(where: isLetterOrDigit)
      && host.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: isLetterOrDigit(byte)
        }
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: isDigit(byte)
    }
  }
}
