/// The server to which a node of a cluster redirects a command.
struct RedisRedirect: Hashable {
  enum Kind { case moved, ask }

  var kind: Kind
  var slot: Int
  var endpoint: RedisEndpoint

  /// Reads `MOVED 3999 127.0.0.1:6381` and `ASK 3999 127.0.0.1:6381`; nil for any other error.
  init?(_ error: String, from asked: RedisEndpoint) {
    let words = error.split(separator: " ")
    guard words.count >= 3, let slot = Int(words[1]), (0..<HashSlot.count).contains(slot),
      let colon = words[2].lastIndex(of: ":"),
      let port = Int(words[2][words[2].index(after: colon)...]), RedisEndpoint.isPort(port)
    else { return nil }
    switch words[0] {
    case "MOVED": kind = .moved
    case "ASK": kind = .ask
    default: return nil
    }
    self.slot = slot
    endpoint = RedisRoutes.endpoint(host: String(words[2][..<colon]), port: port, reportedBy: asked)
  }
}
