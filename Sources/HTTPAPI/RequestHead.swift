import NIOHTTP1
import TimerWire

/// The head of a request that keeps RFC 9112, with what the connection has to know of it.
struct RequestHead {
  /// The path and query, whatever form the target had; `*` is the server as a whole.
  let target: String
  /// True if the connection ends after the answer.
  let endsConnection: Bool
  /// True if the client waits for `100 Continue` before it sends the body.
  let expectsContinue: Bool
  let isHTTP10: Bool

  /// The longest target, in bytes.
  static let maxTargetBytes = 8192

  /// Checks what the parser leaves to the server.
  ///
  /// - Throws: `APIError` if the request must not be processed; its framing cannot be trusted, so that the connection ends with the rejection.
  init(_ head: HTTPRequestHead) throws(APIError) {
    isHTTP10 = head.version == .http1_0
    guard isHTTP10 || head.version == .http1_1 else {
      throw APIError(.malformedRequest, detail: "The version must be HTTP/1.1 or HTTP/1.0.")
    }
    guard head.method != .CONNECT else {
      throw APIError(.notImplemented, detail: "CONNECT is not supported.")
    }
    let fields = HeadFields(head.headers)
    guard !fields.isFolded else {
      throw APIError(.malformedRequest, detail: "A header must not be folded over several lines.")
    }
    guard fields.hosts == 1 || (isHTTP10 && fields.hosts == 0) else {
      throw APIError(.malformedRequest, detail: "There must be exactly one Host header.")
    }
    guard fields.hostIsValid else {
      throw APIError(.malformedRequest, detail: "The Host header must be a host and, optionally, a port.")
    }
    try Self.checkTransferEncoding(fields.transferEncodings, isHTTP10: isHTTP10)
    target = try RequestTarget.pathAndQuery(of: head.uri, isOptions: head.method == .OPTIONS)
    // After a request to upgrade the parser reads no more, since another protocol might follow.
    endsConnection = !head.isKeepAlive || fields.asksForUpgrade
    // RFC 9110, section 10.1.1: the expectation of an HTTP/1.0 client is ignored.
    expectsContinue = fields.hasExpectation && !isHTTP10
  }

  /// RFC 9112, sections 6.1 and 6.3: chunked comes once and last; in HTTP/1.0 the header makes the framing faulty.
  private static func checkTransferEncoding(_ values: [String], isHTTP10: Bool) throws(APIError) {
    guard let first = values.first else { return }
    guard !isHTTP10 else {
      throw APIError(.malformedRequest, detail: "Transfer-Encoding is not valid in HTTP/1.0.")
    }
    if values.count == 1, first == "chunked" { return }
    let codings = values.flatMap { $0.split(separator: ",") }.map { $0.trimmingWhitespace.lowercased() }
      .filter { !$0.isEmpty }
    guard codings.last == "chunked", codings.count(where: { $0 == "chunked" }) == 1 else {
      throw APIError(
        .malformedRequest, detail: "Transfer-Encoding must end with chunked, and contain it once.")
    }
    guard codings.count == 1 else {
      throw APIError(.notImplemented, detail: "The only supported transfer coding is chunked.")
    }
  }
}

/// The header fields that matter to the connection, found in one pass.
private struct HeadFields {
  var hosts = 0
  var hostIsValid = true
  var transferEncodings: [String] = []
  var asksForUpgrade = false
  var hasExpectation = false
  var isFolded = false

  init(_ headers: HTTPHeaders) {
    for (name, value) in headers {
      // The length tells nearly all names apart.
      switch name.utf8.count {
      case 4 where name.equalsASCII("host"):
        hosts += 1
        hostIsValid = hostIsValid && HostRule.allows(value)
      case 6 where name.equalsASCII("expect"): hasExpectation = true
      case 7 where name.equalsASCII("upgrade"): asksForUpgrade = true
      case 17 where name.equalsASCII("transfer-encoding"): transferEncodings.append(value)
      default: break
      }
      if value.utf8.contains(where: { $0 == 0x0d || $0 == 0x0a }) { isFolded = true }
    }
  }
}

extension String {
  /// Returns true if it equals `lowercase` but for the case of ASCII letters.
  func equalsASCII(_ lowercase: StaticString) -> Bool {
    utf8.count == lowercase.utf8CodeUnitCount
      && lowercase.withUTF8Buffer { expected in
        zip(utf8, expected).allSatisfy { byte, other in
          byte == other || ((0x41...0x5a).contains(byte) && byte | 0x20 == other)
        }
      }
  }
}
