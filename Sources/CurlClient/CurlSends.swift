/// The number of times a request was sent, and the reason for a repetition.
package struct CurlSends: Hashable, Sendable {
  /// The reason why a request was sent again.
  package enum Reason: Hashable, Sendable {
    /// A connection that others had used before was closed before any byte of an answer.
    case connectionClosed
    /// The server said that it had not processed the request: `REFUSED_STREAM`, or `GOAWAY` for an earlier stream.
    case notProcessed
  }

  /// The number of times sending began.
  package var count = 0
  /// The reason for the last repetition; nil if there was none.
  package var reason: Reason?

  /// The maximum number of times a request is sent.
  package static let limit = 5

  /// Creates a record of a request that was not sent.
  package init() {}
}
