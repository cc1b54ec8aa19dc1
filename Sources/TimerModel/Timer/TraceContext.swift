/// The W3C trace context of the request that created a timer; its firing links to it.
public struct TraceContext: Hashable, Sendable {
  /// The value of the header `traceparent` (W3C Trace Context, section 3.2).
  public var traceparent: String
  /// The `tracestate` header, if there was one.
  public var tracestate: String?

  /// Creates a context from the two headers.
  public init(traceparent: String, tracestate: String? = nil) {
    self.traceparent = traceparent
    self.tracestate = tracestate
  }
}
