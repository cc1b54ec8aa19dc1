import TimerWire

/// The four forms of a request's target (RFC 9112, section 3.2).
enum RequestTarget {
  /// Returns the path and query that a target names, byte for byte; `*` for the server as a whole.
  ///
  /// - Throws: `APIError` for a target that the method or an origin server does not have.
  static func pathAndQuery(of target: String, isOptions: Bool) throws(APIError) -> String {
    guard target.utf8.count <= RequestHead.maxTargetBytes else {
      throw APIError(
        .uriTooLong, detail: "The request target must be at most \(RequestHead.maxTargetBytes) bytes.")
    }
    guard !target.utf8.contains(UInt8(ascii: "#")) else {
      throw APIError(.malformedRequest, detail: "The request target must not have a fragment.")
    }
    if target.utf8.first == UInt8(ascii: "/") { return target }
    if target == "*" {
      guard isOptions else {
        throw APIError(.malformedRequest, detail: "The target * is valid for OPTIONS only.")
      }
      return target
    }
    return try path(ofAbsolute: target, isOptions: isOptions)
  }

  /// RFC 9112, section 3.2.2: a server takes the absolute form, which proxies are sent, and goes by its path.
  private static func path(ofAbsolute target: String, isOptions: Bool) throws(APIError) -> String {
    let parts = target.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else {
      throw APIError(.malformedRequest, detail: "The request target must be a path or an http URL.")
    }
    let rest = parts[1].utf8
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let authority = parts[1][..<end]
    guard !authority.isEmpty, authority.utf8.first != UInt8(ascii: ":"), HostRule.allows(authority) else {
      throw APIError(
        .malformedRequest, detail: "The request target must have a host and no user information.")
    }
    guard end < rest.endIndex else { return isOptions ? "*" : "/" }
    return rest[end] == UInt8(ascii: "/") ? String(parts[1][end...]) : "/\(parts[1][end...])"
  }
}
