import JSONBytes
import TimerModel

/// A server's address, taken apart.
struct MySQLTarget: Sendable, Equatable {
  let host: String
  let port: Int
  let user: String
  let password: String?
  let database: String
  let tls: MySQLTLS

  /// Reads `mysql://user:password@host:port/database?ssl-mode=…&ssl-ca=…&ssl-cert=…&ssl-key=…`.
  ///
  /// - Throws: `StoreError` that does not repeat the address, as it may hold a password.
  init(_ address: String) throws(StoreError) {
    guard let scheme = address.firstRange(of: "://") else { throw Self.malformed("begin it with mysql://") }
    let rest = address[scheme.upperBound...]
    // The user's name ends at the first `@` before the first slash.
    guard let mark = rest.firstIndex(where: { $0 == "@" || $0 == "/" }), rest[mark] == "@" else {
      throw Self.malformed("name a user, as in mysql://user@host/database")
    }
    let (login, places) = (rest[..<mark], rest[rest.index(after: mark)...])
    let query = places.firstIndex(of: "?") ?? places.endIndex
    guard !places[..<query].contains("@") else { throw Self.ambiguous }
    guard let slash = places[..<query].firstIndex(of: "/") else {
      throw Self.malformed("name a database, as in mysql://user@host/database")
    }
    let colon = login.firstIndex(of: ":")
    user = try Self.decoded(login[..<(colon ?? login.endIndex)])
    if let colon {
      password = try Self.decoded(login[login.index(after: colon)...])
    } else {
      password = nil
    }
    database = try Self.decoded(places[places.index(after: slash)..<query])
    let place = try Self.place(places[..<slash])
    host = place.host
    port = place.port
    guard !user.isEmpty, (1...64).contains(database.utf8.count), !database.contains("/") else {
      throw Self.malformed("name a user and a database, as in mysql://user@host/database")
    }
    tls = try Self.tls(places[query...].dropFirst(), isLoopback: Self.isLoopback(host))
  }

  /// `text` without the password, whatever quoted it.
  func withoutSecrets(_ text: String) -> String {
    guard let password, password.utf8.count > 2 else { return text }
    return text.replacing(password, with: "(redacted)")
  }

  private static func place(_ text: Substring) throws(StoreError) -> (host: String, port: Int) {
    var (host, rest) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" })
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      (host, rest) = (text[text.index(after: text.startIndex)..<end], text[text.index(after: end)...])
    }
    var port = 3306
    if !rest.isEmpty {
      guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else { throw ambiguous }
      port = Int(number)
    }
    guard !host.isEmpty, !host.contains(",") else { throw malformed("name one host") }
    return (host: try decoded(host), port: port)
  }

  private static func tls(_ query: Substring, isLoopback: Bool) throws(StoreError) -> MySQLTLS {
    var tls = MySQLTLS(mode: isLoopback ? .preferred : .required)
    for option in query.split(separator: "&") {
      let value = try decoded(option.drop { $0 != "=" }.dropFirst())
      switch option.prefix(while: { $0 != "=" }) {
      case "ssl-mode":
        guard let mode = MySQLTLS.Mode(rawValue: value.uppercased()) else {
          let modes = MySQLTLS.Mode.allCases.map(\.rawValue)
          throw malformed("ssl-mode is one of \(modes.joined(separator: ", "))")
        }
        tls.mode = mode
      case "ssl-ca": tls.authorities = value
      case "ssl-cert": tls.certificate = value
      case "ssl-key": tls.key = value
      default: throw malformed("its options are ssl-mode, ssl-ca, ssl-cert and ssl-key")
      }
    }
    guard tls.mode != .verifyAuthority || tls.authorities != nil else {
      throw malformed("ssl-mode=VERIFY_CA needs ssl-ca, a file of certificates")
    }
    return tls
  }

  /// Returns true for a host that this machine is itself, where nobody can listen between.
  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  private static func decoded(_ text: Substring) throws(StoreError) -> String {
    guard let bytes = PercentEncoding.decode(text.utf8), !bytes.contains(0),
      let decoded = String(validating: bytes, as: UTF8.self)
    else { throw ambiguous }
    return decoded
  }

  private static let ambiguous = malformed(
    """
    it can be read in more than one way; write @ : / ? # % & = in a user's name or a password as %40 %3A %2F %3F %23 %25 %26 %3D
    """)

  private static func malformed(_ advice: String) -> StoreError {
    StoreError(code: .failed, message: "the address is malformed: \(advice)", isRetriable: false)
  }
}
