/// A request that got no answer.
public struct CurlError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of a failure.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// The network policy allows none of the addresses that the name stands for.
    public static let deniedAddress = Code(description: "denied-address")
    /// The URL is none.
    public static let malformedURL = Code(description: "malformed-url")
    /// The request was cancelled.
    public static let cancelled = Code(description: "cancelled")
    /// The client is stopping, or has stopped.
    public static let stopped = Code(description: "stopped")
    /// Connecting, sending or receiving failed, or took too long.
    public static let failed = Code(description: "failed")
  }

  /// The kind of failure.
  public var code: Code
  /// A description of the failure.
  public var message: String
  /// libcurl's own code; nil where it gave none.
  public var curlCode: Int?
  /// The number of times the request was sent, and the reason.
  public var sends = CurlSends()

  /// Creates an error.
  public init(code: Code, message: String, curlCode: Int? = nil) {
    self.code = code
    self.message = message
    self.curlCode = curlCode
  }

  /// The message.
  public var description: String { message }

  static let stopped = CurlError(code: .stopped, message: "the service is stopping")
  static let cancelled = CurlError(code: .cancelled, message: "the attempt was cancelled")
}
