/// Passwords inside addresses such as `postgres://user:password@host`.
///
/// Only what is understood for certain is shown. A password in which `@`, `/` or `?` was not encoded makes it uncertain where it ends: then
/// nothing but the scheme is.
enum AddressPassword {
  private static let redaction = "(redacted)"

  /// `address` as people may see it: without the password after a user's name or in an option.
  static func redacted(_ address: String) -> String {
    if let scheme = address.firstRange(of: "://") {
      let name = address[..<scheme.lowerBound]
      guard name.utf8.count <= 20, name.utf8.allSatisfy(isOfScheme) else { return redaction }
      let isDatabase = name == "postgres" || name == "postgresql" || name == "mysql"
      return address[..<scheme.upperBound]
        + (shown(address[scheme.upperBound...], mayHaveUserAlone: isDatabase) ?? redaction)
    }
    if address.hasPrefix("unix:") { return withoutSecrets(address[...]) }
    if address.hasPrefix("sqlite:") { return address }
    // A list of keywords and values, as libpq reads it, or an address with a slash too few.
    let mayHoldPassword =
      address.lowercased().contains("password") || (address.contains(":") && address.contains("@"))
    return mayHoldPassword ? redaction : address
  }

  /// Returns what follows the scheme; nil if it can be read in more than one way.
  ///
  /// A user without a password is shown where an address may have one, and only if it looks like a name: it may be a
  /// password without its colon.
  private static func shown(_ rest: Substring, mayHaveUserAlone: Bool) -> String? {
    // The user's name ends at the first `@` before the first slash.
    let mark = rest.firstIndex { $0 == "@" || $0 == "/" }
    var (user, places): (Substring?, Substring) = (nil, rest)
    if let mark, rest[mark] == "@" { (user, places) = (rest[..<mark], rest[rest.index(after: mark)...]) }
    let query = places.firstIndex(of: "?") ?? places.endIndex
    let path = places[..<query].firstIndex(of: "/") ?? query
    guard areHosts(places[..<path]), isPath(places[path..<query]) else { return nil }
    var shown = ""
    if let user {
      let name = user.prefix { $0 != ":" }
      guard isPath(name) else { return nil }
      if name.endIndex < user.endIndex {
        shown += "\(name):\(redaction)@"
      } else {
        shown += mayHaveUserAlone && isUserName(name) ? "\(name)@" : "\(redaction)@"
      }
    } else if places[query...].contains("@") {
      return nil
    }
    return shown + places[..<query] + withoutSecrets(places[query...])
  }

  /// Hosts with ports, separated by commas.
  private static func areHosts(_ text: Substring) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { place in
      let end =
        place.hasPrefix("[")
        ? place.firstIndex(of: "]").map { place.index(after: $0) } : place.firstIndex(of: ":")
      let port = place[(end ?? place.endIndex)...]
      let host = place[..<(end ?? place.endIndex)]
      return host.utf8.allSatisfy { isOfPath($0) || [91, 93, 58].contains($0) }
        && (port.isEmpty || port.hasPrefix(":") && (port.count == 1 || UInt16(port.dropFirst()) != nil))
    }
  }

  private static func isUserName(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { isOfScheme($0) && $0 != UInt8(ascii: "+") || $0 == UInt8(ascii: "_") }
  }

  private static func isPath(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { isOfPath($0) || $0 == UInt8(ascii: "/") }
  }

  private static func isOfPath(_ byte: UInt8) -> Bool {
    isOfScheme(byte) || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
      || byte >= 0x80
  }

  private static func isOfScheme(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The options after the first `?`: the values of those that are known to be harmless.
  private static func withoutSecrets(_ rest: Substring) -> String {
    guard let mark = rest.firstIndex(of: "?") else { return String(rest) }
    let options = rest[rest.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
    let shown = options.map { option -> String in
      let name = String(option.prefix { $0 != "=" })
      if harmless.contains(name) { return String(option) }
      return secret.contains(name) ? "\(name)=\(redaction)" : redaction
    }
    return rest[...mark] + shown.joined(separator: "&")
  }

  private static let secret: Set = ["password", "sslpassword", "sentinel-password"]

  /// The options of libpq, of MySQL's address and of an index's address that hold no secret.
  private static let harmless: Set = [
    "host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
    "sslcrldir",
    "sslsni", "sslcompression", "sslcertmode", "sslnegotiation", "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "connect_timeout", "client_encoding", "application_name", "fallback_application_name", "keepalives",
    "keepalives_idle",
    "keepalives_interval", "keepalives_count", "tcp_user_timeout", "target_session_attrs", "channel_binding",
    "gssencmode",
    "krbsrvname", "gsslib", "require_auth", "load_balance_hosts", "passfile", "service", "requirepeer",
    "prefix", "timeout", "connect-timeout", "db", "sentinel-user", "ssl-mode", "ssl-ca", "ssl-cert",
    "ssl-key",
  ]
}
