/// An HTTP/1.1 answer as it came over the wire.
package struct WireAnswer: Sendable {
  /// The status code.
  package let status: Int
  /// The headers, in order.
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// The first header of that name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// Takes an answer from the front of `bytes`; nil if it is not there as a whole.
  ///
  /// - Parameter hasBody: false for the answer to HEAD, whose length is that of a body which is not sent.
  static func take(from bytes: inout [UInt8], hasBody: Bool) -> WireAnswer? {
    guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (name: String(parts[0]), value: String(parts.last?.drop { $0 == " " } ?? ""))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
    let bodyEnd = headEnd.upperBound + (hasBody ? length : 0)
    guard bytes.count >= bodyEnd else { return nil }
    let body = Array(bytes[headEnd.upperBound..<bodyEnd])
    bytes.removeFirst(bodyEnd)
    return WireAnswer(status: status, headers: headers, body: body)
  }
}
