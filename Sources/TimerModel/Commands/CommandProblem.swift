/// Why bytes are no valid command.
public enum CommandProblem: Error, Hashable, Sendable {
  /// They are no JSON.
  case unreadable(JSONSyntaxError)
  /// They break rules; all of them are listed.
  case invalid([Violation])
  /// A part is larger than allowed.
  case tooLarge(Violation)
}

/// One broken rule.
public struct Violation: Hashable, Sendable {
  /// Where, as a JSON Pointer fragment (RFC 6901, section 6) such as `#/retryPolicy/maxAttempts`.
  public var pointer: String
  /// What is wrong and what is legal.
  public var detail: String

  /// Makes a violation.
  public init(pointer: String, detail: String) {
    self.pointer = pointer
    self.detail = detail
  }
}
