import HTTPTypes

extension Problem.Kind {
  var status: HTTPResponse.Status {
    switch self {
    case .malformedRequest, .unreadableBody: .badRequest
    case .unknownPath, .timerNotFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .requestTimeout: .requestTimeout
    case .idTaken, .notScheduled: .conflict
    case .revisionMismatch: .preconditionFailed
    case .bodyTooLarge: .contentTooLarge
    case .unsupportedMediaType: .unsupportedMediaType
    case .invalidTimer: .unprocessableContent
    case .internalError: .internalServerError
    case .overloaded, .storeUnavailable, .outcomeUnknown: .serviceUnavailable
    }
  }

  var title: String {
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
