import HTTPTypes
import TimerModel
import TimerWire

extension APIError {
  /// Creates the problem that clients see for an error of a request.
  init(_ error: any Error, at route: Route?) {
    self.init(error)
    guard kind == .outcomeUnknown else { return }
    switch route {
    case .timers(.batchCreate): document.detail = Self.unknownCreations
    case .timers(.batchCancel): document.detail = Self.unknownCancels
    default: break
    }
  }

  /// Creates the problem that clients see for an error; it tells nothing of the internals of an unexpected one.
  init(_ error: any Error) {
    switch error {
    case let problem as APIError: self = problem
    case let problem as CommandError: self.init(ProblemDocument(problem))
    case let problem as QueryError: self.init(ProblemDocument(problem))
    case let problem as UnservedQueryError: self.init(ProblemDocument(problem))
    case let overloaded as Overloaded:
      self.init(.overloaded, detail: overloaded.reason.detail)
      retry(after: overloaded.retryAfter)
    case let error as StoreError:
      switch error.outcome {
      case .notApplied:
        self.init(.storeUnavailable, detail: "The store is unavailable. Nothing was changed.")
      case .unknown: self.init(.outcomeUnknown, detail: Self.unknownOutcome)
      }
      retry(after: .seconds(1))
    case is DeadlineExceededError, is CancellationError:
      self.init(.outcomeUnknown, detail: Self.unknownOutcome)
      retry(after: .seconds(1))
    default: self.init(.internalError, detail: "Unexpected internal error.")
    }
  }

  private mutating func retry(after delay: Duration) {
    headers[.retryAfter] = String(max(1, (delay.millisecondsRoundedUp + 999) / 1000))
  }

  private static let unknownOutcome =
    "The outcome is unknown: the request took effect completely or not at all. It is safe to repeat."

  private static let unknownCreations =
    "The outcome is unknown: each of the timers was created or not. It is safe to repeat for timers with an ID."

  private static let unknownCancels =
    "The outcome is unknown: each of the timers was cancelled or not. It is safe to repeat."
}

extension Overloaded.Reason {
  fileprivate var detail: String {
    switch self {
    case .queueIsFull: "This node is overloaded. Nothing was changed; retry later."
    case .isShuttingDown: "This node is shutting down. Nothing was changed; retry on another node."
    }
  }
}
