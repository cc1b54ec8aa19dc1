package import JSONBytes

/// The reason why bytes are not a valid command.
package enum CommandError: Error, Hashable, Sendable {
  /// They are not valid JSON.
  case unreadable(JSONSyntaxError)
  /// They break rules; all of them are listed.
  case invalid([Violation])
  /// A part is larger than allowed.
  case tooLarge(Violation)
}

/// A rule that a command breaks, and the place where it does.
package struct Violation: Hashable, Sendable {
  /// The place, as a JSON Pointer fragment (RFC 6901, section 6) such as `#/retryPolicy/maxAttempts`.
  package var pointer: String
  /// The broken rule: the legal values.
  package var detail: String

  package init(pointer: String, detail: String) {
    self.pointer = pointer
    self.detail = detail
  }
}
