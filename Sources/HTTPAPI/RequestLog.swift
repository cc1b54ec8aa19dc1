import HTTPTypes
import Logging
import Telemetry
import TimerModel
import TimerWire

/// Collects the log entry of one request.
struct RequestLog {
  let requestID: String
  let method: String
  private let start = ContinuousClock.now
  var route: Route?
  /// The id of a timer that the route does not name, since the body did or the service made it.
  var timerID: String?
  /// The trace that the request belongs to, if any.
  var traceID: String?
  private var problem: ProblemKind?
  private var error: String?

  init(_ head: HTTPRequest) {
    requestID = RequestID.of(head)
    method = head.method.rawValue
  }

  mutating func rejected(_ problem: APIError, because error: any Error) {
    self.problem = problem.kind
    // A problem that a route throws says all in its kind; the causes of others are for the log only.
    if !(error is APIError || error is CommandError || error is QueryError || error is UnservedQueryError) {
      self.error = "\(error)"
    }
  }

  /// Writes the entry: what the service could not do as a warning, the rest for those who want to see every request.
  func write(_ status: HTTPResponse.Status, to logger: Logger) {
    // Most entries are for nobody; their fields need not be put together.
    guard level(status) >= logger.logLevel else { return }
    var fields: Logger.Metadata
    switch route {
    case .administration: return
    case .timers(.collection(let group, _)), .timers(.count(let group)), .timers(.batchCreate(let group)),
      .timers(.batchGet(let group)), .timers(.batchCancel(let group)):
      fields = [LogKey.groupID: "\(group)"]
    case .timers(.timer(let group, let id)), .timers(.attempts(let group, let id)),
      .timers(.fire(let group, let id)), .timers(.redrive(let group, let id)):
      fields = .timer(TimerKey(groupID: group, timerID: id))
    case .timers(.groups), nil: fields = [:]
    }
    let duration = ContinuousClock.now - start
    fields[LogKey.requestID] = "\(requestID)"
    fields["method"] = "\(method)"
    fields["status"] = "\(status.code)"
    fields["duration_ms"] = "\(duration.millisecondsRoundedUp)"
    if let traceID { fields[LogKey.traceID] = "\(traceID)" }
    if let timerID { fields[LogKey.timerID] = "\(timerID)" }
    if let problem { fields["problem"] = "\(problem.rawValue)" }
    if let error { fields[LogKey.error] = "\(error)" }
    logger.log(level: level(status), "request answered", metadata: fields)
  }

  private func level(_ status: HTTPResponse.Status) -> Logger.Level {
    switch status.code {
    case 500: .error
    case 502...: .warning
    default: .debug
    }
  }
}
