/// Which headers a client may add to a callback or to a record.
enum HeaderRule {
  case http
  case kafka

  /// Why `name` is refused, in words; nil if it is not.
  func refusal(ofName name: String, limits: CommandLimits) -> String? {
    guard !name.isEmpty, name.utf8.count <= limits.maxHeaderNameLength else {
      return "must have a name of 1 to \(limits.maxHeaderNameLength) characters"
    }
    guard name.utf8.allSatisfy(Self.isTokenCharacter) else { return "must have a name that is an HTTP token" }
    let lowercased = name.lowercased()
    if reserved.contains(lowercased) || reservedPrefixes.contains(where: lowercased.hasPrefix) {
      return "is set by the service, or belongs to the connection"
    }
    return nil
  }

  /// Why `value` is refused, in words; nil if it is not.
  func refusal(ofValue value: String, limits: CommandLimits) -> String? {
    guard value.utf8.count <= limits.maxHeaderValueLength else {
      return "must be at most \(limits.maxHeaderValueLength) characters"
    }
    guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), value == value.trimmingSpaces else {
      return "must be printable ASCII without spaces around it"
    }
    return nil
  }

  private var reserved: Set<String> {
    switch self {
    case .http: Self.reservedOverHTTP
    case .kafka: ["content-type", "traceparent", "tracestate"]
    }
  }
  private var reservedPrefixes: [String] {
    switch self {
    case .http: ["webhook-", "proxy-"]
    case .kafka: ["ce_", "timerd-"]
    }
  }

  private static let reservedOverHTTP: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade",
    "expect", "content-type", "user-agent", "traceparent", "tracestate",
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

extension String {
  fileprivate var trimmingSpaces: Substring {
    let start = firstIndex { $0 != " " } ?? endIndex
    let end = lastIndex { $0 != " " }.map(index(after:)) ?? start
    return self[start..<end]
  }
}
