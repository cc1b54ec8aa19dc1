/// The reason why bytes are not a valid JSON text (RFC 8259).
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// A description of the error.
  package var reason: String
  /// The position of the error, in bytes from the start.
  package var offset: Int

  /// Creates an error.
  package init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
