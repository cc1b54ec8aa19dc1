import TimerModel

/// A mark that requests must have in common to share a connection.
///
/// libcurl leaves a connection behind that is older than it may become, but looks at the age of idle ones only: one of HTTP/2 that always
/// carries a request would live as long as its server. So requests get another mark every so often. libcurl has no such mark; it compares
/// an option of an authentication that is never used here.
struct ConnectionMark {
  /// For a request that shares its connection with no other.
  static let alone = 3
  /// The number of marks, which take turns.
  private static let count: Int64 = 3

  /// Returns the mark for a request to `url` at `seconds` of the monotonic clock, where connections live for `lifetime` seconds. Hosts change theirs
  /// at different times, so that not all have to be connected to at once.
  static func of(_ url: String, at seconds: Int64, lifetime: Int64) -> Int {
    // HTTP/2 is spoken over TLS only; everything else is idle between two requests.
    guard lifetime > 0, isSecure(url) else { return 0 }
    let phase = Int64(hash(ofOriginIn: url) % UInt64(lifetime))
    return Int((seconds &+ phase) / lifetime % count)
  }

  /// Returns true if the scheme of a URL is `https`.
  static func isSecure(_ url: String) -> Bool {
    let scheme = url.utf8.prefix(6)
    return scheme.count == 6 && zip(scheme, "https:".utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
  }

  /// A hash of host and port.
  private static func hash(ofOriginIn url: String) -> UInt64 {
    var hash = FNV1a()
    for byte in url.utf8.dropFirst(8) {
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") { break }
      hash.add(byte | 0x20)
    }
    return hash.value
  }
}
