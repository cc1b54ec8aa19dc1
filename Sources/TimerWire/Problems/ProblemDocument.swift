import JSONBytes
package import TimerModel

/// The reason why a request or a record was rejected, as RFC 9457 writes it.
package struct ProblemDocument: Hashable, Sendable {
  /// The kind of problem, from which type, title and status follow.
  package var kind: ProblemKind
  /// An explanation of this occurrence, for people.
  package var detail: String
  /// The rules that were broken, if that is what was wrong.
  package var violations: [Violation]

  package init(_ kind: ProblemKind, detail: String, violations: [Violation] = []) {
    self.kind = kind
    self.detail = detail
    self.violations = violations
  }

  /// Creates the document for bytes that are not a valid command.
  package init(_ problem: CommandError) {
    switch problem {
    case .unreadable(let error):
      self.init(.unreadableBody, detail: "The JSON \(error.reason), at byte \(error.offset).")
    case .invalid(let violations):
      self.init(.invalidTimer, detail: "Validation failed; see errors.", violations: violations)
    case .tooLarge(let violation):
      self.init(
        .bodyTooLarge, detail: "A part of the request is too large; see errors.", violations: [violation])
    }
  }

  /// Creates the document for parameters that are not a valid query.
  package init(_ problem: QueryError) {
    self.init(.invalidQuery, detail: "Validation failed; see errors.", violations: problem.violations)
  }

  /// Creates the document for a valid query that no index serves.
  package init(_ problem: UnservedQueryError) {
    let place = JSONPointer.root.member(problem.parameter).description
    self.init(
      .invalidQuery, detail: "No index serves this combination of parameters; see errors.",
      violations: [Violation(pointer: place, detail: problem.advice)])
  }

  /// Creates the document for a valid command that was rejected.
  package init(_ rejection: CommandRejection) {
    switch rejection {
    case .notFound: self.init(.timerNotFound, detail: "The timer does not exist.")
    case .conflict: self.init(.idTaken, detail: "A timer with this ID already exists with different content.")
    case .revisionMismatch(let current):
      self.init(.revisionMismatch, detail: "The timer has revision \(current).")
    case .unreadable(let detail): self.init(.internalError, detail: detail)
    case .notScheduled(let status):
      self.init(
        .notScheduled, detail: "The timer is \(status.rawValue); only a scheduled timer can be changed.")
    case .notDead(let status):
      self.init(.notDead, detail: "The timer is \(status.rawValue); only a dead timer can be redriven.")
    }
  }

  /// The document as JSON; `instance` says where it happened.
  package func json(instance: String? = nil) -> [UInt8] {
    var json = JSONWriter()
    write(to: &json, instance: instance)
    return json.finish()
  }

  func write(to json: inout JSONWriter, instance: String? = nil) {
    json.object { json in
      json.member("type", kind.type)
      json.member("title", kind.title)
      json.member("status", kind.status)
      json.member("detail", detail)
      json.member("instance", instance)
      guard !violations.isEmpty else { return }
      json.name("errors")
      json.array { json in for violation in violations { Self.write(violation, to: &json) } }
    }
  }

  private static func write(_ violation: Violation, to json: inout JSONWriter) {
    json.object { json in
      json.member("detail", violation.detail)
      json.member("pointer", violation.pointer)
    }
  }
}
