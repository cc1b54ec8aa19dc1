/// The kinds of refusals; their names are part of the interfaces and documented in docs/errors.md.
public enum ProblemKind: String, Sendable, CaseIterable {
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

  /// The problem's type, a URI that never changes.
  public var type: String { "urn:timerd:problem:\(rawValue)" }

  /// The status code of an HTTP answer.
  public var status: Int {
    switch self {
    case .malformedRequest, .unreadableBody: 400
    case .unknownPath, .timerNotFound: 404
    case .methodNotAllowed: 405
    case .requestTimeout: 408
    case .idTaken, .notScheduled: 409
    case .revisionMismatch: 412
    case .bodyTooLarge: 413
    case .unsupportedMediaType: 415
    case .invalidTimer: 422
    case .internalError: 500
    case .overloaded, .storeUnavailable, .outcomeUnknown: 503
    }
  }

  /// What it is, for people.
  public var title: String {
    switch self {
    case .malformedRequest: "Malformed request"
    case .unreadableBody: "Unreadable body"
    case .unknownPath: "Unknown path"
    case .timerNotFound: "No such timer"
    case .methodNotAllowed: "Method not allowed"
    case .requestTimeout: "Request timed out"
    case .idTaken: "The id is taken"
    case .notScheduled: "The timer is no longer scheduled"
    case .revisionMismatch: "The timer has another revision"
    case .bodyTooLarge: "Body too large"
    case .unsupportedMediaType: "Unsupported media type"
    case .invalidTimer: "Invalid timer"
    case .internalError: "Internal error"
    case .overloaded: "Overloaded"
    case .storeUnavailable: "Store unavailable"
    case .outcomeUnknown: "Outcome unknown"
    }
  }
}
