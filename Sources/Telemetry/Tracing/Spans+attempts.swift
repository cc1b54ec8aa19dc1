package import TimerModel

extension Spans {
  /// Begins the span of an attempt: a part of its claim's, in the trace that is the firing, linked to the request that created it.
  package func begin(_ request: AttemptRequest) -> OpenSpan? {
    guard isOn else { return nil }
    let timer = request.timer
    let span: OpenSpan?
    switch timer.definition.destination {
    case .http(let http):
      span = begin("POST", .client, origin: .part(of: .claim(timer.fence)))
      span?.setAttribute("http.request.method", "POST")
      span?.setAttribute("server.address", Self.host(of: http.origin))
      if timer.attempt > 1 { span?.setAttribute("http.request.resend_count", timer.attempt - 1) }
    case .kafka(let kafka):
      span = begin("send \(kafka.topic)", .producer, origin: .part(of: .claim(timer.fence)))
      span?.setAttribute("messaging.system", "kafka")
      span?.setAttribute("messaging.destination.name", kafka.topic)
      span?.setAttribute("messaging.operation.name", "send")
      span?.setAttribute("messaging.operation.type", "send")
      span?.setAttribute("messaging.message.id", timer.firingID.description)
    }
    span?.setAttributes(of: timer.key)
    span?.setAttribute("timerd.attempt", timer.attempt)
    if let creator = timer.traceContext.flatMap({ SpanContext($0) }) { span?.link(creator) }
    return span
  }

  /// The host of an origin such as `https://example.com:8443`.
  private static func host(of origin: String) -> String {
    let authority = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? origin[...]
    guard authority.last != "]", let colon = authority.lastIndex(of: ":") else { return String(authority) }
    return String(authority[..<colon])
  }
}

extension OpenSpan {
  /// Ends the span of an attempt, with its HTTP status and its error if it had any.
  package func end(with outcome: AttemptOutcome) {
    if let status = outcome.statusCode { setAttribute("http.response.status_code", status) }
    if let error = outcome.error { fail(error) }
    end()
  }
}
