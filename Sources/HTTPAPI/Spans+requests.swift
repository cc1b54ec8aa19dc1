import HTTPTypes
import Hummingbird
import Telemetry
import TimerModel

extension Spans {
  /// Begins the span of a request for timers; health and metrics have none.
  func begin(_ request: Request, at route: Route) -> OpenSpan? {
    guard isOn, let template = route.template else { return nil }
    let parent = TraceContext(requestHeaders: request.headers).flatMap { SpanContext($0) }
    let span = begin("\(request.method.rawValue) \(template)", .server, parent: parent)
    span?.setAttribute("http.request.method", request.method.rawValue)
    span?.setAttribute("http.route", template)
    return span
  }

  /// Does `work` for `span`; of a request that is not recorded no part is.
  func within<Value>(
    _ span: OpenSpan?, _ work: () async throws -> Value
  ) async rethrows -> Value {
    guard isOn else { return try await work() }
    guard let context = span?.context else { return try await Self.withoutTracing(work) }
    return try await Self.with(context, work)
  }
}

extension Request {
  /// The trace that a request belongs to, if it says so.
  var traceID: String? {
    TraceContext(requestHeaders: headers).map { String($0.traceparent.dropFirst(3).prefix(32)) }
  }
}

extension Route {
  /// Its path with names in the places of ids, as api.yaml has it.
  fileprivate var template: String? {
    switch self {
    case .administration: nil
    case .timers(.collection): "/groups/{groupId}/timers"
    case .timers(.batchCreate): "/groups/{groupId}/timers:batchCreate"
    case .timers(.count): "/groups/{groupId}/timers:count"
    case .timers(.groups): "/groups"
    case .timers(.batchGet): "/groups/{groupId}/timers:batchGet"
    case .timers(.batchCancel): "/groups/{groupId}/timers:batchCancel"
    case .timers(.timer): "/groups/{groupId}/timers/{timerId}"
    case .timers(.attempts): "/groups/{groupId}/timers/{timerId}/attempts"
    case .timers(.fire): "/groups/{groupId}/timers/{timerId}/fire"
    case .timers(.redrive): "/groups/{groupId}/timers/{timerId}/redrive"
    }
  }
}
