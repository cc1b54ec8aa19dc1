/// An absolute `http` or `https` URL that a timer may be delivered to.
public struct CallbackURL: Hashable, Sendable {
  /// Why a text is no callback URL, in words that follow the field's name.
  public struct ParseError: Error, Hashable, Sendable {
    /// The words.
    public var detail: String
  }

  /// The URL as it was written.
  public let text: String
  /// `scheme://host:port` in lower case, with the scheme's port where none was written.
  public let origin: String

  /// Checks `text`, whose length is not limited here.
  public init(_ text: String) throws(ParseError) {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw ParseError(detail: "must be printable ASCII without spaces; escape other characters")
    }
    guard let separator = text.firstRange(of: "://") else {
      throw ParseError(detail: "must be an absolute http or https URL")
    }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw ParseError(detail: "must have the scheme http or https")
    }
    guard !text.utf8.contains(UInt8(ascii: "#")) else { throw ParseError(detail: "must have no fragment") }
    // By bytes, since all of them are ASCII: characters would be looked up in Unicode's tables one by one.
    let rest = text[separator.upperBound...].utf8
    let authority = Substring(rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
    guard !authority.utf8.contains(UInt8(ascii: "@")) else {
      throw ParseError(detail: "must have no user info")
    }
    let (host, port) = try Self.split(authority)
    self.text = text
    origin = "\(scheme)://\(host.lowercased()):\(port ?? (scheme == "https" ? 443 : 80))"
  }

  private static func split(_ authority: Substring) throws(ParseError) -> (host: Substring, port: Int?) {
    let hostEnd =
      authority.hasPrefix("[")
      ? authority.utf8.firstIndex(of: UInt8(ascii: "]")).map(authority.utf8.index(after:))
        ?? authority.endIndex
      : authority.utf8.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
    let host = authority[..<hostEnd]
    guard isHost(host) else { throw ParseError(detail: "must have a host name or an IP address") }
    guard hostEnd < authority.endIndex else { return (host, nil) }
    let digits = authority[hostEnd...].dropFirst()
    guard authority[hostEnd] == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { throw ParseError(detail: "must have a port from 1 to 65535") }
    return (host, port)
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
      let address = host.dropFirst().dropLast()
      return host.hasSuffix("]") && address.contains(":")
        && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
    return host.utf8.contains(where: isLetterOrDigit)
      && host.utf8.allSatisfy { isLetterOrDigit($0) || punctuation.contains($0) }
  }

  private static let punctuation = Array("-._~".utf8)

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
