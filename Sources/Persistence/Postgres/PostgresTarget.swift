import CLibpq
import TimerModel

/// One host of a connection string, with everything else that the string says.
///
/// The hosts are tried one by one: libpq leaves time-outs to its asynchronous callers and would wait for the
/// first host that does not answer.
struct PostgresTarget: Sendable {
  let options: [String: String]

  /// Splits a connection string by hosts.
  ///
  /// - Throws: `StoreError` if libpq cannot read the string; it may hold a password and is not repeated.
  static func targets(of connectionString: String) throws(StoreError) -> [PostgresTarget] {
    guard !isAmbiguous(connectionString) else { throw ambiguous }
    let options = try parse(connectionString)
    let hosts = list(options["host"])
    let addresses = list(options["hostaddr"])
    let ports = list(options["port"])
    let count = max(hosts.count, addresses.count, 1)
    guard hosts.isEmpty || hosts.count == count, addresses.isEmpty || addresses.count == count,
      ports.count <= 1 || ports.count == count
    else { throw malformed }
    // A password with a slash in it ends up there, and libpq would quote it.
    guard ports.allSatisfy({ $0.isEmpty || UInt16($0) != nil }) else { throw ambiguous }
    return (0..<count).map { number in
      var one = options
      one["host"] = hosts.isEmpty ? nil : hosts[number]
      one["hostaddr"] = addresses.isEmpty ? nil : addresses[number]
      one["port"] = ports.count > 1 ? ports[number] : options["port"]
      return PostgresTarget(options: one.filter { !$0.value.isEmpty }.merging(defaults) { given, _ in given })
    }
  }

  /// A server that vanished is noticed two seconds later, also where nothing is in progress.
  private static let defaults = [
    "target_session_attrs": "read-write", "application_name": "timerd", "keepalives_idle": "1",
    "keepalives_interval": "1", "keepalives_count": "1", "tcp_user_timeout": "2000",
  ]

  /// `text` without the secrets of this target, whatever quoted them.
  func withoutSecrets(_ text: String) -> String {
    ["password", "sslpassword"].reduce(text) { text, name in
      guard let secret = options[name], secret.utf8.count > 2 else { return text }
      return text.replacing(secret, with: "(redacted)")
    }
  }

  /// Returns true if a URI holds an `@` that libpq would take for a part of the host or of the database: the user's name ends at the first
  /// `@` before the first `/`.
  private static func isAmbiguous(_ text: String) -> Bool {
    guard let scheme = text.firstRange(of: "://") else { return false }
    let rest = text[scheme.upperBound...]
    let mark = rest.firstIndex { $0 == "@" || $0 == "/" }
    let places = mark.map { rest[$0] == "@" ? rest[rest.index(after: $0)...] : rest } ?? rest
    return places.prefix { $0 != "?" }.contains("@")
  }

  private static let ambiguous = StoreError(
    code: .failed,
    message: """
      the connection string can be read in more than one way: write @ : / ? # % & = in a user's name or a password as %40 %3A %2F %3F \
      %23 %25 %26 %3D
      """,
    isRetriable: false)

  private static let malformed = StoreError(
    code: .failed, message: "the connection string is malformed", isRetriable: false)

  private static func parse(_ connectionString: String) throws(StoreError) -> [String: String] {
    var message: UnsafeMutablePointer<CChar>?
    let parsed = PQconninfoParse(connectionString, &message)
    defer { PQfreemem(message) }
    guard let parsed else { throw malformed }
    defer { PQconninfoFree(parsed) }
    var options: [String: String] = [:]
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return options
  }

  private static func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0) } } ?? []
  }
}
