import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Telemetry
import TimerModel
import TimerWire

/// Answers every request: finds its route, bounds its work, words its problem, and logs it.
struct APIResponder: HTTPResponder {
  private let timers: TimerRoutes
  private let health: HealthRoutes
  private let metrics: MetricsRegistry?
  private let endpoints: EndpointSet
  private let meters: RequestMeters
  private let spans: Spans
  private let bodies: BodyReader
  private let deadline: Duration
  private let logger: Logger

  init(
    timers: TimerRoutes, health: HealthRoutes, metrics: MetricsRegistry?, endpoints: EndpointSet,
    meters: RequestMeters, spans: Spans, configuration: HTTPAPI.Configuration, logger: Logger
  ) {
    self.timers = timers
    self.health = health
    self.metrics = metrics
    self.endpoints = endpoints
    self.meters = meters
    self.spans = spans
    bodies = BodyReader(
      maxBytes: configuration.maxBodyBytes, maxBatchBytes: configuration.maxBatchBodyBytes,
      timeout: min(configuration.bodyTimeout, configuration.requestDeadline))
    deadline = configuration.requestDeadline
    self.logger = logger
  }

  func respond(to request: Request, context: APIRequestContext) async throws -> Response {
    let start = Stopwatch()
    var log = RequestLog(request.head)
    var response: Response
    var span: OpenSpan?
    do {
      if request.head.path == "*" { return serverOptions(log) }
      let route = try Route(path: request.uri.path, query: request.uri.query)
      guard endpoints.serves(route) else {
        throw APIError(.unknownPath, detail: "The path does not exist.")
      }
      log.route = route
      span = spans.begin(request, at: route)
      log.traceID = span?.context?.traceID.description ?? request.traceID
      let answer = try await spans.within(span) {
        try await self.route(request, at: route, on: context.channel)
      }
      log.timerID = answer.timerID
      if answer.invalidCommands > 0 { meters.invalid(answer.invalidCommands) }
      response = answer.response
    } catch {
      let problem = APIError(error, at: log.route)
      log.rejected(problem, because: error)
      if problem.kind.status >= 500, problem.kind != .notImplemented { span?.fail("\(error)") }
      if error is CommandError { meters.invalid(RequestKind(log.route, request.method)) }
      response = Self.response(problem, path: request.uri.path, requestID: log.requestID)
    }
    if let name = RequestID.headerName { response.headers[name] = log.requestID }
    log.write(response.status, to: logger)
    span?.setAttribute("http.response.status_code", response.status.code)
    span?.end()
    meters.answered(RequestKind(log.route, request.method), response.status.code, since: start)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func route(
    _ request: Request, at route: Route, on connection: any Channel
  ) async throws -> TimerRoutes.RoutedResponse {
    try MethodRule.check(request.method, at: route)
    if let expected = request.headers[.expect], !expected.equalsASCII("100-continue") {
      throw APIError(
        .expectationFailed, detail: "The only supported expectation is 100-continue.")
    }
    switch route {
    case .administration(.live): return TimerRoutes.RoutedResponse(health.live())
    case .administration(.ready(let isVerbose)):
      return TimerRoutes.RoutedResponse(await health.ready(isVerbose: isVerbose, on: connection.eventLoop))
    case .administration(.metrics):
      return TimerRoutes.RoutedResponse(try exposition(request.headers[.accept]))
    case .timers(let route): return try await bounded(request, at: route, on: connection)
    }
  }

  /// Answers `OPTIONS *`, which asks for the server as a whole.
  private func serverOptions(_ log: RequestLog) -> Response {
    var response = Response.allowing(Route.allMethods)
    if let name = RequestID.headerName { response.headers[name] = log.requestID }
    return response
  }

  /// Works on a request within its deadline; the place that it takes is free again only when its work has ended.
  private func bounded(
    _ request: Request, at route: TimerRoute, on connection: any Channel
  ) async throws -> TimerRoutes.RoutedResponse {
    let limit = bodies.limit(of: route)
    // The body of a batch has room before it is read. Others have it by the number of requests.
    let batchBytes = limit == bodies.maxBytes ? 0 : bodies.length(of: request, upTo: limit)
    let isSearch = route.isSearch(request.method)
    guard meters.enter(batchBytes: batchBytes, isSearch: isSearch) else { throw overloaded() }
    do {
      return try await withDeadline(deadline, beginning: bodies.timeout, on: connection.eventLoop) {
        [timers, meters, bodies] hasBody in
        defer { meters.leave(batchBytes: batchBytes, isSearch: isSearch) }
        let hasBodyToRead = bodies.expectsBody(of: request, at: route)
        let body = hasBodyToRead ? try await bodies.json(of: request, upTo: limit, from: connection) : []
        hasBody()
        return try await timers.respond(to: request.head, at: route, body: body)
      }
    } catch let error as DeadlineExceededError where error.isOfBeginning {
      throw bodies.tooSlow
    }
  }

  private func overloaded() -> Overloaded {
    meters.overloaded()
    return Overloaded(.queueIsFull, retryAfter: .seconds(1))
  }

  private func exposition(_ accept: String?) throws -> Response {
    guard let metrics else { throw APIError(.unknownPath, detail: "The path does not exist.") }
    let format = ExpositionFormat(accept: accept)
    return Response(
      status: .ok, headers: [.contentType: format.contentType, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(bytes: metrics.exposition(format))))
  }

  /// Counts and logs a rejection of what did not get as far as a responder.
  func recordRejection(_ problem: APIError, requestID: String) {
    meters.answered(.other, problem.kind.status, since: Stopwatch())
    logger.debug(
      "request refused",
      metadata: [
        LogKey.requestID: "\(requestID)", "status": "\(problem.kind.status)",
        "problem": "\(problem.kind.rawValue)",
      ])
  }

  private static func response(_ problem: APIError, path: String, requestID: String) -> Response {
    var headers = problem.headers
    headers[.contentType] = APIError.contentType
    let bytes = problem.json(instance: "\(path)#\(requestID)")
    return Response(
      status: problem.kind.responseStatus, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }
}
