package import ServiceContextModule
package import TimerModel

/// Names a span to others (W3C Trace Context).
package struct SpanContext: Hashable, Sendable {
  /// The trace: that of a firing is its id.
  package var traceID: FiringID
  /// The span within it; never zero.
  package var spanID: UInt64
  /// True if it is recorded.
  package var isSampled: Bool
  /// The `tracestate` that other systems want passed on.
  package var traceState: String?

  package init(traceID: FiringID, spanID: UInt64, isSampled: Bool, traceState: String? = nil) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
    self.traceState = traceState
  }

  /// Reads what came in a request, or was kept with a timer; nil for an invalid `traceparent`.
  package init?(_ context: TraceContext) {
    let parts = context.traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, let trace = FiringID(parts[1]),
      parts[2].utf8.count == 16, let span = UInt64(parts[2], radix: 16), span != 0,
      let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    self.init(traceID: trace, spanID: span, isSampled: flags & 1 == 1, traceState: context.tracestate)
  }

  /// The form for requests, and for keeping with a timer.
  package var headers: TraceContext {
    let digits = String(spanID, radix: 16)
    let span = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    return TraceContext(
      traceparent: "00-\(traceID)-\(span)-\(isSampled ? "01" : "00")", tracestate: traceState)
  }

  /// The span of the claim that `fence` names. The node that claims and the node that attempts compute it alike, so that nothing has to be
  /// handed from one to the other.
  package static func claim(_ fence: ClaimFence) -> SpanContext {
    let mixed = (fence.firingID.low ^ UInt64(bitPattern: fence.claimNumber)) &* 0x9E37_79B9_7F4A_7C15
    return SpanContext(traceID: fence.firingID, spanID: mixed == 0 ? 1 : mixed, isSampled: true)
  }
}

extension ServiceContext {
  private enum SpanKey: ServiceContextKey {
    typealias Value = SpanContext
    static let nameOverride: String? = "timerd.span"
  }

  private enum PlanKey: ServiceContextKey {
    typealias Value = SpanContext
    static let nameOverride: String? = "timerd.plan"
  }

  private enum ImpliedKey: ServiceContextKey {
    typealias Value = SpanContext
    static let nameOverride: String? = "timerd.implied-parent"
  }

  private enum SuppressionKey: ServiceContextKey {
    typealias Value = Bool
    static let nameOverride: String? = "timerd.silence"
  }

  /// True if no spans are recorded in it.
  var isTracingSuppressed: Bool {
    get { self[SuppressionKey.self] ?? false }
    set { self[SuppressionKey.self] = newValue }
  }

  /// The span that the next one is a part of, of which only the name is known.
  package var impliedParent: SpanContext? {
    get { self[ImpliedKey.self] }
    set { self[ImpliedKey.self] = newValue }
  }

  /// The span that work belongs to.
  package var span: SpanContext? {
    get { self[SpanKey.self] }
    set { self[SpanKey.self] = newValue }
  }

  /// The context of the next span; it begins its trace unless there is a `span`.
  package var plannedSpan: SpanContext? {
    get { self[PlanKey.self] }
    set { self[PlanKey.self] = newValue }
  }
}
