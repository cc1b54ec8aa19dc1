import TimerModel

@testable import CurlClient
@testable import DeliveryHTTP
@testable import HTTPAPI
@testable import Telemetry

extension FuzzTarget {
  /// The value of a header; every header that is read reads it.
  static let header = FuzzTarget(name: "header", maxBytes: 256) { bytes in
    let text = bytes.text
    try follow(CallbackResponse(CurlResponse(status: 503, retryAfter: text)).outcome(now: now))
    _ = try? EntityTags(text, of: "If-Match")
    _ = ExpositionFormat(accept: text)
    let id = RequestID.of(text)
    try BrokenRule.unless((1...128).contains(id.utf8.count), "a request is called \"\(id)\"")
    let (parent, state) = bytes.divided(by: UInt8(ascii: "\n"))
    try trace(parent.text, state?.text)
    let (path, query) = bytes.divided(by: UInt8(ascii: "?"))
    _ = try? Route(path: path.text, query: query?.text)
    for isOptions in [true, false] { _ = try? RequestTarget.pathAndQuery(of: text, isOptions: isOptions) }
    _ = (HostRule.allows(text), MediaType.isJSON(text))
  }

  private static func trace(_ parent: String, _ state: String?) throws {
    if let context = TraceContext(validating: parent, tracestate: state) {
      guard let span = SpanContext(context), let again = SpanContext(span.headers) else {
        throw BrokenRule("a valid trace is not understood")
      }
      try BrokenRule.unless(span == again, "a trace is written otherwise than it was read")
    }
    // What was kept with a timer is not validated again.
    if let span = SpanContext(TraceContext(traceparent: parent, tracestate: state)) { _ = span.headers }
  }
}
