import HTTPTypes
import Telemetry

/// Bounds the requests that are being worked on, on all ports together, and counts their outcomes.
struct RequestMeters: Sendable {
  private let inFlight: InFlightLimit
  /// The bytes of requests that create many timers.
  private let batchBytes: InFlightLimit
  private let searches: InFlightLimit
  private let requests: ByLabel<RequestKind, ByLabel<StatusClass, Count>>
  private let duration: ByLabel<RequestKind, Durations>
  private let overflows: Count
  private let invalid: Count

  init(_ configuration: HTTPAPI.Configuration, _ registry: MetricsRegistry?) {
    let instruments = registry.map { Instruments($0) } ?? .off
    requests = instruments.counts(.requests, by: RequestKind.self, and: StatusClass.self)
    duration = instruments.durations(.requestDuration, by: RequestKind.self)
    overflows = instruments.counts(.queueOverflows, by: QueueName.self)[.requests]
    let rejected = instruments.counts(.commandsRejected, by: CommandOrigin.self, and: RejectionReason.self)
    invalid = rejected[.http][.invalid]
    let depth = instruments.gauges(.queueDepth, by: QueueName.self)[.requests]
    let inFlight = InFlightLimit(configuration.maxRequestsInFlight)
    registry?.onScrape { depth.set(inFlight.current) }
    self.inFlight = inFlight
    batchBytes = InFlightLimit(configuration.maxBatchBytesInFlight)
    searches = InFlightLimit(configuration.maxSearchesInFlight)
  }

  /// Takes room for a request, unless there is not enough.
  func enter(batchBytes bytes: Int, isSearch: Bool) -> Bool {
    guard inFlight.enter() else { return false }
    if bytes == 0 || batchBytes.enter(bytes) {
      if !isSearch || searches.enter() { return true }
      if bytes > 0 { batchBytes.leave(bytes) }
    }
    inFlight.leave()
    return false
  }

  /// Gives back the room that `enter` has taken.
  func leave(batchBytes bytes: Int, isSearch: Bool) {
    inFlight.leave()
    if bytes > 0 { batchBytes.leave(bytes) }
    if isSearch { searches.leave() }
  }

  func answered(_ kind: RequestKind, _ status: Int, since start: Stopwatch) {
    requests[kind][StatusClass(status)].add()
    duration[kind].record(since: start)
  }

  func overloaded() { overflows.add() }

  /// Counts a command that broke rules; reading breaks none that anybody counts.
  func invalid(_ kind: RequestKind) {
    switch kind {
    case .create, .batchCreate, .update, .cancel, .batchCancel, .fire, .redrive: invalid.add()
    case .batchGet, .get, .list, .count, .groups, .attempts, .health, .metrics, .other: break
    }
  }

  /// Counts commands that broke rules.
  func invalid(_ commands: Int) { invalid.add(commands) }
}

extension RequestKind {
  /// Returns the kind of a request to `route`; nil is a path that does not exist.
  init(_ route: Route?, _ method: HTTPRequest.Method) {
    switch route {
    case .administration(.live), .administration(.ready): self = .health
    case .administration(.metrics): self = .metrics
    case .timers(.attempts): self = .attempts
    case .timers(.collection):
      switch method {
      case .post: self = .create
      case .get, .head: self = .list
      default: self = .other
      }
    case .timers(.count): self = .count
    case .timers(.groups): self = .groups
    case .timers(.batchCreate): self = method == .post ? .batchCreate : .other
    case .timers(.batchGet): self = method == .post ? .batchGet : .other
    case .timers(.batchCancel): self = method == .post ? .batchCancel : .other
    case .timers(.fire): self = method == .post ? .fire : .other
    case .timers(.redrive): self = method == .post ? .redrive : .other
    case .timers(.timer):
      switch method {
      case .get, .head: self = .get
      case .put, .patch: self = .update
      case .delete: self = .cancel
      default: self = .other
      }
    case nil: self = .other
    }
  }
}
