/// What a server answered.
public struct CurlAnswer: Hashable, Sendable {
  /// Where the body that was read ends.
  public enum BodyEnd: Hashable, Sendable {
    /// At the answer's own end.
    case complete
    /// Where the client stopped reading; the body is longer.
    case limit
    /// Where the connection, its framing or the time ended, in words; the head had come in whole.
    case broken(String)
  }

  /// The status.
  public var status: Int
  /// The value of `Retry-After`, as it came; of several lines, all of them with commas between.
  public var retryAfter: String?
  /// The body, up to what is read of it.
  public var body: [UInt8]
  /// Where the body ends.
  public var bodyEnd: BodyEnd
  /// Whether `Content-Type` says that the body is JSON.
  public var isDeclaredJSON: Bool
  /// Whether `Content-Encoding` says that the body is coded; it is never decoded.
  public var isCoded: Bool
  /// How often the request was sent.
  public var sends: CurlSends

  /// Makes an answer.
  public init(
    status: Int, retryAfter: String? = nil, body: [UInt8] = [], bodyEnd: BodyEnd = .complete,
    isDeclaredJSON: Bool = false, isCoded: Bool = false, sends: CurlSends = CurlSends()
  ) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
    self.bodyEnd = bodyEnd
    self.isDeclaredJSON = isDeclaredJSON
    self.isCoded = isCoded
    self.sends = sends
  }
}
