import CurlClient
package import TimerModel
import TimerWire

/// The response of a receiver to a callback.
package struct CallbackResponse: Sendable {
  var status: Int
  var retryAfter: String?
  var body: [UInt8] = []
  var bodyEnd = CurlResponse.BodyEnd.complete
  var isDeclaredJSON = false
  var hasContentEncoding = false
  var sends = CurlSends()

  package init(status: Int, retryAfter: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
  }

  init(_ response: CurlResponse) {
    status = response.status
    retryAfter = response.retryAfter
    body = response.body
    bodyEnd = response.bodyEnd
    isDeclaredJSON = response.isDeclaredJSON
    hasContentEncoding = response.hasContentEncoding
    sends = response.sends
  }

  /// Returns the outcome, by the rules of the README.
  package func outcome(now: Timestamp) -> AttemptOutcome {
    switch status {
    case 200...299: accepted(now: now)
    case 300...399: failed("status \(status): redirects are not followed", now)
    case 410: permanentFailure("status 410: the receiver wants no more of it")
    case 408, 425, 429: failed("status \(status)", now)
    case 400...499: permanentFailure("status \(status)")
    default: failed("status \(status)", now)
    }
  }

  private func accepted(now: Timestamp) -> AttemptOutcome {
    let directives = ResponseDirectives(body, isCut: bodyEnd != .complete)
    if directives.isRejection { return failed("the receiver answered \"ok\": false", now) }
    switch directives.next {
    case nil:
      let note = AttemptNote.joined(AttemptNote.of(sends), unreadBody(directives))
      return AttemptOutcome(.delivered, statusCode: status, note: note)
    case .unreadable: return failed("nextExecuteAt is not a valid RFC 3339 date-time", now)
    case .cut: return failed("the body ended within nextExecuteAt", now)
    case .text(let text):
      guard let time = try? Timestamp(rfc3339: text) else {
        return failed("nextExecuteAt is not a valid RFC 3339 date-time", now)
      }
      guard time.milliseconds >= 0 else { return failed("nextExecuteAt is before 1970", now) }
      let limits = CommandLimits()
      guard time <= limits.latestExecuteAt(now: now) else {
        return failed("nextExecuteAt is over \(limits.horizonYears) years ahead", now)
      }
      return AttemptOutcome(.rescheduled(at: time), statusCode: status, note: AttemptNote.of(sends))
    }
  }

  /// Says that the status counted because the body could not be read; nil where it could, and where it is not JSON at all.
  private func unreadBody(_ directives: ResponseDirectives) -> String? {
    if case .broken(let reason) = bodyEnd {
      return "the status counted: the answer's body ended early (\(reason))"
    }
    guard !body.isEmpty else { return nil }
    if hasContentEncoding || body.starts(with: [0x1f, 0x8b]) {
      return "the status counted: the answer's body has a content coding, which was not asked for"
    }
    guard !directives.isReadable, isDeclaredJSON || Self.looksLikeObject(body) else { return nil }
    return bodyEnd == .limit
      ? "the status counted: only the first \(body.count) bytes of the answer's body were read"
      : "the status counted: the answer's body is not readable as JSON"
  }

  private static func looksLikeObject(_ body: [UInt8]) -> Bool {
    ResponseText.ascii(Array(body.prefix(256))).first { $0 > 0x20 } == UInt8(ascii: "{")
  }

  private func permanentFailure(_ error: String) -> AttemptOutcome {
    AttemptOutcome(.permanentFailure, statusCode: status, error: error, note: AttemptNote.of(sends))
  }

  private func failed(_ error: String, _ now: Timestamp) -> AttemptOutcome {
    AttemptOutcome(
      .failed(retryAfter: retryAfter.flatMap { RetryAfterHeader.parse($0, now: now) }), statusCode: status,
      error: error, note: AttemptNote.of(sends))
  }
}
