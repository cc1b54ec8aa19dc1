/// A server's answer whose head came in whole; its body may be incomplete.
package struct CurlResponse: Hashable, Sendable {
  /// The end of the part of the body that was read.
  package enum BodyEnd: Hashable, Sendable {
    /// At the answer's own end.
    case complete
    /// The client stopped reading; the body is longer.
    case limit
    /// The connection, its framing or the time ended, as the text says; the head had come in whole.
    case broken(String)
  }

  /// The HTTP status code (RFC 9110, section 15).
  package var status: Int
  /// The value of `Retry-After`, as it came; of several lines, all of them with commas between.
  package var retryAfter: String?
  /// The body, up to what is read of it.
  package var body: [UInt8]
  /// The end of the part of the body that was read.
  package var bodyEnd: BodyEnd
  /// True if `Content-Type` says that the body is JSON.
  package var isDeclaredJSON: Bool
  /// True if `Content-Encoding` says that the body is coded; it is never decoded.
  package var hasContentEncoding: Bool
  /// The number of times the request was sent, and the reason.
  package var sends: CurlSends

  package init(
    status: Int, retryAfter: String? = nil, body: [UInt8] = [], bodyEnd: BodyEnd = .complete,
    isDeclaredJSON: Bool = false, hasContentEncoding: Bool = false, sends: CurlSends = CurlSends()
  ) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
    self.bodyEnd = bodyEnd
    self.isDeclaredJSON = isDeclaredJSON
    self.hasContentEncoding = hasContentEncoding
    self.sends = sends
  }
}
