/// Reads in libcurl's messages what a server said of an HTTP/2 stream: libcurl has no other place for it.
///
/// Another version's words may differ: then nothing is known, and the request is not sent again.
struct StreamTrace {
  private var stream: Int?
  private var lastProcessed: Int?
  private var isRefused = false
  /// True if the server wants HTTP/1.1 for this request (`HTTP_1_1_REQUIRED`; RFC 9113, section 7).
  private(set) var wantsHTTP1 = false

  /// True if the server said that it did not process the request.
  var isNotProcessed: Bool {
    if isRefused || wantsHTTP1 { return true }
    guard let stream, let lastProcessed else { return false }
    return stream > lastProcessed
  }

  /// Reads one message of libcurl; those that say nothing of a stream are passed over.
  mutating func read(_ message: UnsafeRawBufferPointer) {
    if message.starts(with: "REFUSED_STREAM".utf8) {
      isRefused = true
    } else if message.starts(with: "Downgrades to HTTP/1.1".utf8) {
      wantsHTTP1 = true
    } else if message.starts(with: "Using Stream ID: ".utf8) {
      stream = Self.number(in: message.dropFirst(17))
    } else if message.starts(with: "recveived GOAWAY".utf8) || message.starts(with: "received GOAWAY".utf8) {
      // A server that shuts down gently sends two of them, the second with the number that counts.
      let mark = "last_stream=".utf8
      let start = message.indices.first { message[$0...].starts(with: mark) }
      lastProcessed = start.flatMap { Self.number(in: message[($0 + mark.count)...]) }
    }
  }

  private static func number(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    return digits.isEmpty || digits.count > 10 ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
