/// An HTTP/1.1 request, written as it is.
package struct WireRequest: Sendable {
  package var method: String
  /// The request target.
  package var target: String
  /// The headers without `Host`, `Content-Length` and, where there is a body, `Content-Type`.
  package var headers: [(name: String, value: String)]
  /// The body; nil for none.
  package var body: [UInt8]?

  package init(
    _ method: String, _ target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// Creates a request with a text as its body.
  package init(
    _ method: String, _ target: String, headers: [(name: String, value: String)] = [], json: String
  ) {
    self.init(method, target, headers: headers, body: Array(json.utf8))
  }

  /// The bytes that are sent.
  package var bytes: [UInt8] {
    var head = "\(method) \(target) HTTP/1.1\r\nhost: test\r\n"
    for header in headers { head += "\(header.name): \(header.value)\r\n" }
    let names = Set(headers.map { $0.name.lowercased() })
    if let body {
      if !names.contains("content-type") { head += "content-type: application/json\r\n" }
      if names.isDisjoint(with: ["content-length", "transfer-encoding"]) {
        head += "content-length: \(body.count)\r\n"
      }
    }
    return Array((head + "\r\n").utf8) + (body ?? [])
  }

  /// Sends the request on a connection of its own and returns the answer.
  package func answer(from port: Int) async throws -> WireAnswer {
    try await WireConnection.run(port: port) { try $0.answer(to: self) }
  }
}
