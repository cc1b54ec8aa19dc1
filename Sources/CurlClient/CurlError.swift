/// A request that got no answer.
package struct CurlError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of a failure.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code as text, such as `denied-address`.
    package let description: String

    /// The network policy allows none of the addresses that the name stands for.
    package static let deniedAddress = Code(description: "denied-address")
    /// libcurl cannot parse the URL.
    package static let malformedURL = Code(description: "malformed-url")
    /// The request's task was cancelled, or all requests were.
    package static let cancelled = Code(description: "cancelled")
    /// The client is stopping, or has stopped.
    package static let stopped = Code(description: "stopped")
    /// Connecting, sending or receiving failed, or took too long.
    package static let failed = Code(description: "failed")
  }

  /// The kind of failure.
  package var code: Code
  /// A description of the failure.
  package var message: String
  /// libcurl's own code; nil where it gave none.
  package var curlCode: Int?
  /// The number of times the request was sent, and the reason.
  package var sends = CurlSends()

  package init(code: Code, message: String, curlCode: Int? = nil) {
    self.code = code
    self.message = message
    self.curlCode = curlCode
  }

  package var description: String { message }

  static let stopped = CurlError(code: .stopped, message: "the service is stopping")
  static let cancelled = CurlError(code: .cancelled, message: "the attempt was cancelled")
}
