package import TimerModel
package import Tracing

/// Gives features their spans. While tracing is off there are none, and asking costs a comparison.
package struct Spans: Sendable {
  private let tracer: (any Tracer)?
  private let shouldSample: @Sendable (FiringID) -> Bool

  /// Creates spans by `tracer`; nil creates none. `shouldSample` is asked of each trace that begins here, before anything is made for it.
  package init(_ tracer: (any Tracer)?, shouldSample: @escaping @Sendable (FiringID) -> Bool = { _ in true })
  {
    self.tracer = tracer
    self.shouldSample = shouldSample
  }

  /// The spans of a node that does not trace: none.
  package static let off = Spans(nil)

  /// True if any span is made.
  package var isOn: Bool { tracer != nil }

  /// Begins a span; nil if it is not recorded.
  ///
  /// - Parameters:
  ///   - parent: the span that it is a part of; nil begins a trace.
  ///   - origin: the span whose name is known from elsewhere: itself, or its parent; nil draws its ids.
  ///   - startedAt: when it began, in nanoseconds since 1970; nil is now.
  package func begin(
    _ name: @autoclosure () -> String, _ role: SpanRole, parent: SpanContext? = nil,
    origin: SpanOrigin? = nil,
    startedAt: UInt64? = nil
  ) -> OpenSpan? {
    guard let tracer else { return nil }
    var plan = origin?.plan
    let impliedParent = origin?.impliedParent
    if parent == nil {
      var random = TraceRandom()
      let trace = plan?.traceID ?? impliedParent?.traceID ?? .random(using: &random)
      guard shouldSample(trace) else { return nil }
      if plan == nil, impliedParent == nil {
        plan = SpanContext(
          traceID: trace, spanID: .random(in: 1...UInt64.max, using: &random), isSampled: true)
      }
    }
    var context = ServiceContext.topLevel
    context.span = parent
    context.plannedSpan = plan
    context.impliedParent = impliedParent
    let instant = SpanInstant(nanosecondsSinceEpoch: startedAt ?? SpanInstant.now)
    let span = tracer.startSpan(name(), context: context, ofKind: role.kind, at: instant)
    return span.isRecording ? OpenSpan(span) : nil
  }

  /// The span of the current task; nil if it has none.
  package static var current: SpanContext? { ServiceContext.current?.span }

  /// True if the current task runs in `withoutTracing`.
  package static var isTracingSuppressed: Bool { ServiceContext.current?.isTracingSuppressed ?? false }

  private static let suppressed = {
    var context = ServiceContext.topLevel
    context.isTracingSuppressed = true
    return context
  }()

  /// Runs `work` and records no spans in it.
  package static func withoutTracing<Value>(_ work: () async throws -> Value) async rethrows -> Value {
    try await ServiceContext.$current.withValue(suppressed, operation: work)
  }

  /// Runs `work` with `span` as the current span.
  package static func with<Value>(
    _ span: SpanContext, _ work: () async throws -> Value
  ) async rethrows -> Value {
    var context = ServiceContext.current ?? .topLevel
    context.span = span
    return try await ServiceContext.$current.withValue(context, operation: work)
  }
}

/// The known name of a span that begins a trace, or of its parent.
package enum SpanOrigin: Sendable {
  /// The span is to be this one, the first of its trace.
  case planned(SpanContext)
  /// The span is a part of this one, of which no more is known than its name: whether its trace is recorded follows from the trace's id.
  case part(of: SpanContext)

  fileprivate var plan: SpanContext? { if case .planned(let span) = self { span } else { nil } }
  fileprivate var impliedParent: SpanContext? { if case .part(let span) = self { span } else { nil } }
}

/// A span that has not ended.
package struct OpenSpan: Sendable {
  private let span: any Tracing.Span

  init(_ span: any Tracing.Span) { self.span = span }

  /// The ids by which other spans refer to it; nil if it has none.
  package var context: SpanContext? { span.context.span }

  package func setAttribute(_ key: String, _ value: String) {
    span.updateAttributes { $0[key] = value }
  }

  package func setAttribute(_ key: String, _ value: Int) {
    span.updateAttributes { $0[key] = Int64(value) }
  }

  /// Sets the attributes that identify a timer.
  package func setAttributes(of key: TimerKey) {
    setAttribute("timerd.group_id", key.groupID)
    setAttribute("timerd.timer_id", key.timerID)
  }

  /// Links to another span, such as that of the request that created the timer.
  package func link(_ other: SpanContext) {
    var context = ServiceContext.topLevel
    context.span = other
    span.addLink(SpanLink(context: context, attributes: [:]))
  }

  /// Sets the status to an error, with `error` as its description.
  package func fail(_ error: String) { span.setStatus(SpanStatus(code: .error, message: error)) }

  /// Ends the span at the present moment; a second time does nothing.
  package func end() { span.end(at: SpanInstant(nanosecondsSinceEpoch: SpanInstant.now)) }
}
