import HTTPTypes
import TimerModel

/// A refusal, as a problem document (RFC 9457). Thrown by routes, written by the responder.
struct Problem: Error {
  /// The kinds of refusals; their names are part of the API and documented in docs/errors.md.
  enum Kind: String {
    case malformedRequest = "malformed-request"
    case unreadableBody = "unreadable-body"
    case unknownPath = "unknown-path"
    case timerNotFound = "timer-not-found"
    case methodNotAllowed = "method-not-allowed"
    case requestTimeout = "request-timeout"
    case idTaken = "id-taken"
    case notScheduled = "not-scheduled"
    case revisionMismatch = "revision-mismatch"
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case invalidTimer = "invalid-timer"
    case internalError = "internal-error"
    case overloaded
    case storeUnavailable = "store-unavailable"
    case outcomeUnknown = "outcome-unknown"
  }

  static let contentType = "application/problem+json"

  var kind: Kind
  var detail: String
  var violations: [Violation] = []
  var headers: HTTPFields = [:]

  init(_ kind: Kind, detail: String, violations: [Violation] = [], headers: HTTPFields = [:]) {
    self.kind = kind
    self.detail = detail
    self.violations = violations
    self.headers = headers
  }

  func json(instance: String?) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("type")
      writer.string("urn:timerd:problem:\(kind.rawValue)")
      writer.name("title")
      writer.string(kind.title)
      writer.name("status")
      writer.integer(kind.status.code)
      writer.name("detail")
      writer.string(detail)
      if let instance {
        writer.name("instance")
        writer.string(instance)
      }
      if !violations.isEmpty {
        writer.name("errors")
        writer.array { writer in for violation in violations { Self.write(violation, to: &writer) } }
      }
    }
    return writer.bytes
  }

  private static func write(_ violation: Violation, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("detail")
      writer.string(violation.detail)
      writer.name("pointer")
      writer.string(violation.pointer)
    }
  }
}
