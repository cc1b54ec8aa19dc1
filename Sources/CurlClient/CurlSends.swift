/// How often a request was sent, and why it was sent again.
public struct CurlSends: Hashable, Sendable {
  /// Why a request was sent again.
  public enum Reason: Hashable, Sendable {
    /// A connection that others had used before was closed before any byte of an answer.
    case connectionClosed
    /// The server said that it had not processed the request: `REFUSED_STREAM`, or `GOAWAY` for an earlier stream.
    case notProcessed
  }

  /// How often the request was begun to be sent.
  public var count = 0
  /// Why it was sent again last; nil if it was not.
  public var reason: Reason?

  /// How often a request is sent at most.
  public static let limit = 5

  /// Makes a record of a request that was not sent.
  public init() {}
}
