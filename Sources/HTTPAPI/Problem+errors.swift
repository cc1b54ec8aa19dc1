import HTTPTypes
import TimerModel

extension Problem {
  /// The problem that an error is to clients; internals of unexpected ones are not shown.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let problem as CommandProblem: self.init(ProblemDocument(problem))
    case let overloaded as Overloaded:
      self.init(.overloaded, detail: "Too much is waiting in \(overloaded.resource). Nothing was done.")
      retry(after: overloaded.retryAfter)
    case let error as StoreError:
      switch error.outcome {
      case .notApplied:
        self.init(.storeUnavailable, detail: "The store could not do it. Nothing was done.")
      case .unknown: self.init(.outcomeUnknown, detail: Self.unknownOutcome)
      }
      retry(after: .seconds(1))
    case is DeadlineExceeded, is CancellationError:
      self.init(.outcomeUnknown, detail: Self.unknownOutcome)
      retry(after: .seconds(1))
    default: self.init(.internalError, detail: "The service failed in a way that it should not.")
    }
  }

  private mutating func retry(after delay: Duration) {
    headers[.retryAfter] = String(max(1, (delay.millisecondsRoundedUp + 999) / 1000))
  }

  private static let unknownOutcome =
    "It is unknown whether the request took effect: wholly, or not at all. It is safe to repeat."
}
