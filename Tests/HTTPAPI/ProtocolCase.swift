import Testing

/// Bytes that a client sends on one connection, and what RFC 9110 or RFC 9112 has the server do.
struct ProtocolCase: Sendable, CustomTestStringConvertible {
  /// The document and section, such as `9112 3.2`.
  let section: String
  let name: String
  let bytes: [UInt8]
  /// The statuses of the answers, in order.
  let statuses: [Int]
  /// True if the server closes the connection after the last of them.
  var ends = false
  /// Headers that the last answer has.
  var headers: [(name: String, value: String)] = []

  var testDescription: String { "\(section): \(name)" }

  init(
    _ section: String, _ name: String, _ text: String, _ statuses: Int..., ends: Bool = false,
    headers: [(name: String, value: String)] = []
  ) {
    self.init(section, name, bytes: Array(text.utf8), statuses, ends: ends, headers: headers)
  }

  init(
    _ section: String, _ name: String, bytes: [UInt8], _ statuses: [Int], ends: Bool = false,
    headers: [(name: String, value: String)] = []
  ) {
    (self.section, self.name, self.bytes, self.statuses) = (section, name, bytes, statuses)
    (self.ends, self.headers) = (ends, headers)
  }

  /// A request without a body to `/livez`.
  static func live(_ version: String = "HTTP/1.1", _ headers: String...) -> String {
    "GET /livez \(version)\r\n" + headers.map { "\($0)\r\n" }.joined() + "\r\n"
  }

  /// A creation with a body that is valid, and these headers besides.
  static func create(_ id: String, _ headers: String..., version: String = "HTTP/1.1") -> String {
    let body = APIHarness.body(id: id)
    let framing = headers.contains {
      $0.lowercased().hasPrefix("content-length") || $0.lowercased().hasPrefix("transfer")
    }
    let more = headers + (framing ? [] : ["content-length: \(body.utf8.count)"])
    let typed =
      headers.contains { $0.lowercased().hasPrefix("content-type") } ? [] : ["content-type: application/json"]
    return "POST /groups/g/timers \(version)\r\nhost: a\r\n"
      + (typed + more).map { "\($0)\r\n" }.joined() + "\r\n\(body)"
  }
}
