/// Why bytes are no JSON text (RFC 8259).
public struct JSONSyntaxError: Error, Hashable, Sendable {
  /// What is wrong, in words.
  public var reason: String
  /// Where, in bytes from the start.
  public var offset: Int

  /// Makes an error.
  public init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
