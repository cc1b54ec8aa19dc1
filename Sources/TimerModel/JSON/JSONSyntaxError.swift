/// The reason why bytes are not a valid JSON text (RFC 8259).
public struct JSONSyntaxError: Error, Hashable, Sendable {
  /// A description of the error.
  public var reason: String
  /// The position of the error, in bytes from the start.
  public var offset: Int

  /// Creates an error.
  public init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
