/// The kinds of problems; their names are part of the interfaces and documented in docs/errors.md.
package enum ProblemKind: String, Sendable, CaseIterable {
  case malformedRequest = "malformed-request"
  case unreadableBody = "unreadable-body"
  case unknownPath = "unknown-path"
  case timerNotFound = "timer-not-found"
  case methodNotAllowed = "method-not-allowed"
  case requestTimeout = "request-timeout"
  case idTaken = "id-taken"
  case notScheduled = "not-scheduled"
  case notDead = "not-dead"
  case revisionMismatch = "revision-mismatch"
  case commandTooOld = "command-too-old"
  case bodyTooLarge = "body-too-large"
  case uriTooLong = "uri-too-long"
  case unsupportedMediaType = "unsupported-media-type"
  case expectationFailed = "expectation-failed"
  case invalidTimer = "invalid-timer"
  case invalidQuery = "invalid-query"
  case headersTooLarge = "headers-too-large"
  case internalError = "internal-error"
  case notImplemented = "not-implemented"
  case overloaded
  case storeUnavailable = "store-unavailable"
  case outcomeUnknown = "outcome-unknown"

  /// The problem's type, a URI that never changes.
  package var type: String { "urn:timerd:problem:\(rawValue)" }

  /// The status code of an HTTP answer.
  package var status: Int {
    switch self {
    case .malformedRequest, .unreadableBody: 400
    case .unknownPath, .timerNotFound: 404
    case .methodNotAllowed: 405
    case .requestTimeout: 408
    case .idTaken, .notScheduled, .notDead, .commandTooOld: 409
    case .revisionMismatch: 412
    case .bodyTooLarge: 413
    case .uriTooLong: 414
    case .unsupportedMediaType: 415
    case .expectationFailed: 417
    case .invalidTimer, .invalidQuery: 422
    case .headersTooLarge: 431
    case .internalError: 500
    case .notImplemented: 501
    case .overloaded, .storeUnavailable, .outcomeUnknown: 503
    }
  }

  /// A short title, for people.
  package var title: String {
    switch self {
    case .malformedRequest: "Malformed request"
    case .unreadableBody: "Invalid JSON"
    case .unknownPath: "Unknown path"
    case .timerNotFound: "Timer not found"
    case .methodNotAllowed: "Method not allowed"
    case .requestTimeout: "Request timed out"
    case .idTaken: "ID already exists"
    case .notScheduled: "Timer not scheduled"
    case .notDead: "Timer not dead"
    case .revisionMismatch: "Revision mismatch"
    case .commandTooOld: "Command too old"
    case .bodyTooLarge: "Body too large"
    case .uriTooLong: "Request target too long"
    case .unsupportedMediaType: "Unsupported media type"
    case .expectationFailed: "Expectation failed"
    case .invalidTimer: "Invalid timer"
    case .invalidQuery: "Invalid query"
    case .headersTooLarge: "Headers too large"
    case .internalError: "Internal error"
    case .notImplemented: "Not implemented"
    case .overloaded: "Overloaded"
    case .storeUnavailable: "Store unavailable"
    case .outcomeUnknown: "Outcome unknown"
    }
  }
}
