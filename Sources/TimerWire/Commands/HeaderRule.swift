import TimerModel

/// Decides which headers a client may add to a callback or to a record.
enum HeaderRule {
  case http
  case kafka

  /// Returns the rule that `name` breaks; nil if there is none.
  func violation(ofName name: String, limits: CommandLimits) -> String? {
    guard !name.isEmpty, name.utf8.count <= limits.maxHeaderNameLength else {
      return "must have a name of 1 to \(limits.maxHeaderNameLength) characters"
    }
    guard name.utf8.allSatisfy(Self.isTokenCharacter) else { return "must have a name that is an HTTP token" }
    let lowercased = name.lowercased()
    if reserved.contains(lowercased) || reservedPrefixes.contains(where: lowercased.hasPrefix) {
      return Self.reservedName
    }
    return nil
  }

  /// Returns the rule that `value` breaks; nil if there is none.
  func violation(ofValue value: String, limits: CommandLimits) -> String? {
    guard value.utf8.count <= limits.maxHeaderValueLength else {
      return "must be at most \(limits.maxHeaderValueLength) characters"
    }
    guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), value.utf8.first != UInt8(ascii: " "),
      value.utf8.last != UInt8(ascii: " ")
    else {
      return "must be printable ASCII without spaces around it"
    }
    return nil
  }

  private static let reservedName =
    "must not be given: the service sets it, or it would change how the body, the answer or the connection is read"

  private var reserved: Set<String> {
    switch self {
    case .http: Self.reservedOverHTTP
    case .kafka: ["traceparent", "tracestate"]
    }
  }

  /// The body is the service's, and so is what describes it: `content-type`, `content-encoding`, `content-length` and their like.
  private var reservedPrefixes: [String] {
    switch self {
    case .http: ["content-", "webhook-", "proxy-"]
    case .kafka: ["content-", "ce_", "timerd-"]
    }
  }

  /// From the registry of field names (IANA, 2025), each with what it would change; docs/decisions/0021 has the reasons.
  private static let reservedOverHTTP: Set<String> = [
    // How a message is framed, and what belongs to one connection (RFC 9110, 7.6; RFC 9112; RFC 9113, 8.2.2).
    "host", "transfer-encoding", "te", "trailer", "connection", "close", "keep-alive", "upgrade",
    "http2-settings",
    "alt-used", "expect", "max-forwards", "early-data",
    // What describes the body.
    "digest", "repr-digest", "etag", "last-modified", "mime-version",
    // What would make the answer one that is not read: compressed, in parts, as a difference, in another character set.
    "accept-encoding", "accept-charset", "range", "if-range", "a-im", "tcn", "negotiate",
    // What would make a receiver answer about a condition instead of the timer.
    "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
    // What the service sets.
    "user-agent", "traceparent", "tracestate",
  ]

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
      UInt8(ascii: ":"), UInt8(ascii: "@"):
      false
    case UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"): true
    default: IDRule.isAllowed(byte)
    }
  }
}
