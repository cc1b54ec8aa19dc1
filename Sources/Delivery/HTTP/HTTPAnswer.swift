import CurlClient
package import TimerModel

/// What a receiver answered.
package struct HTTPAnswer: Sendable {
  var status: Int
  var retryAfter: String?
  var body: [UInt8] = []
  /// Whether the body was longer than is read.
  var isTruncated = false

  package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
  }

  init(_ answer: CurlAnswer) {
    status = answer.status
    retryAfter = answer.retryAfter
    body = answer.body
    isTruncated = answer.isTruncated
  }

  /// What follows from it, by the rules of docs/architecture.md.
  package func outcome(now: Timestamp) -> AttemptOutcome {
    switch status {
    case 200...299: accepted(now: now)
    case 300...399: failed("status \(status): redirects are not followed")
    case 410:
      AttemptOutcome(.refused, statusCode: status, error: "status 410: the receiver wants no more of it")
    case 408, 425, 429: failed("status \(status)")
    case 400...499: AttemptOutcome(.refused, statusCode: status, error: "status \(status)")
    default: failed("status \(status)")
    }
  }

  private func accepted(now: Timestamp) -> AttemptOutcome {
    let delivered = AttemptOutcome(.delivered, statusCode: status)
    guard !isTruncated, let json = try? JSONText(body, maxDepth: CommandLimits().maxDepth),
      let members = json.members
    else { return delivered }  // Receivers may answer what they like; only an object can ask for something.
    if members.contains(where: { $0.name == "ok" && $0.value.boolean == false }) {
      return failed("the receiver answered \"ok\": false")
    }
    guard let next = members.last(where: { $0.name == "nextExecuteAt" })?.value, next.kind != .null else {
      return delivered
    }
    guard let time = next.string.flatMap({ try? Timestamp(rfc3339: $0) }) else {
      return failed("nextExecuteAt is no RFC 3339 date-time")
    }
    guard time.milliseconds >= 0 else { return failed("nextExecuteAt is before 1970") }
    guard time <= now + .seconds(10 * 366 * 86_400) else {
      return failed("nextExecuteAt is over 10 years ahead")
    }
    return AttemptOutcome(.rescheduled(at: time), statusCode: status)
  }

  private func failed(_ error: String) -> AttemptOutcome {
    AttemptOutcome(
      .failed(retryAfter: retryAfter.flatMap { RetryAfterHeader.parse($0) }), statusCode: status, error: error
    )
  }
}
