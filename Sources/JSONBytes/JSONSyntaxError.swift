/// The reason why bytes are not a valid JSON text (RFC 8259).
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// The fault, in words that follow "the JSON", such as "ends too early".
  package var reason: String
  /// The position of the error, in bytes from the start.
  package var offset: Int

  package init(reason: String, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
