/// What a server answered.
public struct CurlAnswer: Hashable, Sendable {
  /// The status.
  public var status: Int
  /// The value of `Retry-After`, as it came.
  public var retryAfter: String?
  /// The body, up to what is read of it.
  public var body: [UInt8]
  /// Whether the body was longer than is read.
  public var isTruncated: Bool

  /// Makes an answer.
  public init(status: Int, retryAfter: String? = nil, body: [UInt8] = [], isTruncated: Bool = false) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
    self.isTruncated = isTruncated
  }
}
