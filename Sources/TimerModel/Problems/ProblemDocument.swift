/// A refusal as RFC 9457 writes it, the same for requests and for records.
public struct ProblemDocument: Hashable, Sendable {
  /// What kind of refusal it is.
  public var kind: ProblemKind
  /// What was wrong this time, for people.
  public var detail: String
  /// The rules that were broken, if that is what was wrong.
  public var violations: [Violation]

  /// Makes a document.
  public init(_ kind: ProblemKind, detail: String, violations: [Violation] = []) {
    self.kind = kind
    self.detail = detail
    self.violations = violations
  }

  /// What is said of bytes that are no valid command.
  public init(_ problem: CommandProblem) {
    switch problem {
    case .unreadable(let error):
      self.init(.unreadableBody, detail: "The JSON \(error.reason), at byte \(error.offset).")
    case .invalid(let violations):
      self.init(.invalidTimer, detail: "It breaks the rules listed in errors.", violations: violations)
    case .tooLarge(let violation):
      self.init(.bodyTooLarge, detail: "A part of it is too large.", violations: [violation])
    }
  }

  /// What is said of a valid command that did nothing.
  public init(_ refusal: CommandRefusal) {
    switch refusal {
    case .notFound: self.init(.timerNotFound, detail: "There is no such timer.")
    case .conflict: self.init(.idTaken, detail: "A timer with this id exists and was asked for differently.")
    case .revisionMismatch(let current):
      self.init(.revisionMismatch, detail: "The timer has revision \(current).")
    case .unreadable(let detail): self.init(.internalError, detail: detail)
    case .notScheduled(let status):
      self.init(
        .notScheduled, detail: "The timer is \(status.rawValue); only a scheduled one can be changed.")
    }
  }

  /// The document as JSON; `instance` says where it happened.
  public func json(instance: String? = nil) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.name("type")
      json.string(kind.type)
      json.name("title")
      json.string(kind.title)
      json.name("status")
      json.integer(kind.status)
      json.name("detail")
      json.string(detail)
      if let instance {
        json.name("instance")
        json.string(instance)
      }
      guard !violations.isEmpty else { return }
      json.name("errors")
      json.array { json in for violation in violations { Self.write(violation, to: &json) } }
    }
    return json.finish()
  }

  private static func write(_ violation: Violation, to json: inout JSONWriter) {
    json.object { json in
      json.name("detail")
      json.string(violation.detail)
      json.name("pointer")
      json.string(violation.pointer)
    }
  }
}
