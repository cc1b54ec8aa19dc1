import JSONBytes
import TimerModel

extension RedisConfiguration {
  /// Reads the URL; throws `RedisURLError`.
  package init(url: String) throws(RedisURLError) {
    let (address, query) = url.split(at: "?")
    let (scheme, rest) = address.split(at: ":")
    guard let rest else { throw RedisURLError(Self.grammar) }
    switch scheme {
    case "unix": self.init(topology: .single(.unix(path: try Self.socketPath(rest))))
    case "redis", "redis+sentinel", "redis+cluster":
      guard rest.hasPrefix("//") else { throw RedisURLError(Self.grammar) }
      try self.init(scheme: scheme, authority: rest.dropFirst(2))
    case "rediss": throw RedisURLError(Self.noTLS)
    default: throw RedisURLError(Self.grammar)
    }
    try takeOptions(query ?? "")
    if case .cluster = topology, database != 0 {
      throw RedisURLError("a Redis cluster has database 0 only")
    }
  }

  private static let grammar =
    "must be redis://host, redis+cluster://host,host, redis+sentinel://host,host/master or unix:/path"
  private static let noTLS =
    "rediss:// cannot be had: the client library, hiredis 0.14, has no TLS. Let a local stunnel or the platform's "
    + "proxy speak TLS to the server and connect to that with redis://127.0.0.1 or unix:"

  private init(scheme: Substring, authority: Substring) throws(RedisURLError) {
    let (place, rest) = authority.split(at: "/")
    let at = place.lastIndex(of: "@")
    let hosts = at.map { place[place.index(after: $0)...] } ?? place
    let isSentinel = scheme == "redis+sentinel"
    var endpoints: [RedisEndpoint] = []
    for host in hosts.split(separator: ",", omittingEmptySubsequences: false) {
      endpoints.append(try Self.endpoint(host, defaultPort: isSentinel ? 26379 : 6379))
    }
    var path = (rest ?? "").split(separator: "/", omittingEmptySubsequences: false)
    if path.last == "" { path.removeLast() }
    switch scheme {
    case "redis+cluster": self.init(topology: .cluster(endpoints))
    case "redis+sentinel":
      guard let master = path.first, !master.isEmpty else {
        throw RedisURLError("the master's name is missing: redis+sentinel://host,host/master")
      }
      path.removeFirst()
      self.init(topology: .sentinel(endpoints, master: try Self.decoded(master)))
    default:
      guard endpoints.count == 1 else {
        throw RedisURLError(
          "several hosts are redis+cluster://host,host or redis+sentinel://host,host/master")
      }
      self.init(topology: .single(endpoints[0]))
    }
    if let number = path.first { database = try Self.database(number) }
    guard path.count <= 1 else { throw RedisURLError("there is more in the path than a database's number") }
    credentials = try at.map { (at) throws(RedisURLError) in try Self.credentials(place[..<at]) }
  }

  private mutating func takeOptions(_ query: Substring) throws(RedisURLError) {
    var (user, password): (String?, String?)
    var (sentinelUser, sentinelPassword): (String?, String?)
    for option in query.split(separator: "&") {
      let (name, encoded) = option.split(at: "=")
      let value = try Self.decoded(encoded ?? "")
      switch name {
      case "prefix": prefix = try Self.prefix(value)
      case "timeout": operationTimeout = try Self.duration(name, value)
      case "connect-timeout": connectTimeout = try Self.duration(name, value)
      case "db" where isUnix: database = try Self.database(value)
      case "user" where isUnix: user = value
      case "password" where isUnix: password = value
      case "sentinel-user": sentinelUser = value
      case "sentinel-password": sentinelPassword = value
      // Its name may be the rest of a password that has a & in it.
      default: throw RedisURLError("it has an option that this kind of address does not know")
      }
    }
    if let password { credentials = RedisCredentials(user: user, password: password) }
    if let sentinelPassword {
      sentinelCredentials = RedisCredentials(user: sentinelUser, password: sentinelPassword)
    }
  }

  private var isUnix: Bool { if case .single(.unix) = topology { true } else { false } }

  private static func socketPath(_ text: Substring) throws(RedisURLError) -> String {
    let path = try decoded(text.hasPrefix("//") ? text.dropFirst(2) : text)
    guard path.hasPrefix("/"), path.utf8.count < 108 else {
      throw RedisURLError("unix: takes an absolute path of at most 107 bytes")
    }
    return path
  }

  private static func endpoint(_ text: Substring, defaultPort: Int) throws(RedisURLError) -> RedisEndpoint {
    let (host, port): (Substring, Substring?)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      port = text[text.index(after: end)...].split(at: ":").1
    } else {
      (host, port) = text.split(at: ":")
    }
    let number = port.map { Int($0) ?? 0 } ?? defaultPort
    guard !host.isEmpty, (1...65535).contains(number) else {
      throw RedisURLError("a host is missing, or a port is not between 1 and 65535")
    }
    return .tcp(host: String(host), port: number)
  }

  private static func credentials(_ text: Substring) throws(RedisURLError) -> RedisCredentials {
    let (user, password) = text.split(at: ":")
    guard let password else { throw RedisURLError("a user without a password: user:password@host") }
    let name = try decoded(user)
    return RedisCredentials(user: name.isEmpty ? nil : name, password: try decoded(password))
  }

  private static func database(_ text: some StringProtocol) throws(RedisURLError) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw RedisURLError("a database is a number from 0")
    }
    return number
  }

  private static func prefix(_ text: String) throws(RedisURLError) -> String {
    let isFine = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: ":"):
        true
      default: false
      }
    }
    guard isFine, (1...64).contains(text.utf8.count) else {
      throw RedisURLError("prefix must be 1 to 64 characters out of A-Z a-z 0-9 - . _ :")
    }
    return text
  }

  private static func duration(
    _ name: some StringProtocol, _ text: String
  ) throws(RedisURLError) -> Duration {
    guard let duration = Duration(text: text), duration >= .milliseconds(10), duration <= .seconds(60) else {
      throw RedisURLError("\(name) must be a duration from 10ms to 60s")
    }
    return duration
  }

  private static func decoded(_ text: some StringProtocol) throws(RedisURLError) -> String {
    guard let bytes = PercentEncoding.decode(text.utf8) else {
      throw RedisURLError("a % is not followed by two hexadecimal digits")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Returns the parts before and after the first `separator`; nil after it if there is none.
  fileprivate func split(at separator: Character) -> (Substring, Substring?) {
    guard let index = firstIndex(of: separator) else { return (self[...], nil) }
    return (self[..<index], self[self.index(after: index)...])
  }
}
