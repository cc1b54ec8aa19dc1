import CurlClient
import JSONBytes
package import TimerModel
import TimerWire

/// The bytes of one callback.
package struct CallbackRequest: Sendable {
  let url: String
  package let headers: [String]
  package let body: [UInt8]
  let timeoutMilliseconds: Int

  package init?(_ request: AttemptRequest, configuration: HTTPDeliveryConfiguration) {
    let timer = request.timer
    guard case .http(let destination) = timer.definition.destination else { return nil }
    url = destination.url
    timeoutMilliseconds = Int(request.timeout.millisecondsRoundedUp)
    let body = Self.envelope(timer)
    self.body = body
    let id = timer.firingID.description
    let seconds = request.startedAt.milliseconds / 1000
    let traceparent =
      request.traceContext?.traceparent ?? TraceContext.traceparent(ofAttemptAt: timer.firingID)
    var headers: [String] = []
    headers.reserveCapacity(7 + destination.headers.count)
    headers += [
      "content-type: application/json", "user-agent: \(configuration.userAgent)", "webhook-id: \(id)",
      "webhook-timestamp: \(seconds)", "traceparent: \(traceparent)",
      // Empty: libcurl would otherwise ask for permission and wait before it sends a larger body.
      "expect:",
    ]
    if !configuration.signingSecrets.isEmpty {
      let signatures = configuration.signingSecrets.map {
        $0.signature(id: id, timestamp: seconds, body: body)
      }
      headers.append("webhook-signature: \(signatures.joined(separator: " "))")
    }
    for header in destination.headers {
      // libcurl takes a header without a value as the wish to leave it out, unless a semicolon ends it.
      headers.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    self.headers = headers
  }

  var request: CurlRequest {
    CurlRequest(url: url, headers: headers, body: body, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Returns the body that receivers get, with the payload byte for byte as it was sent.
  static func envelope(_ timer: Timer) -> [UInt8] {
    var json = JSONWriter(capacity: 160 + (timer.definition.payload?.count ?? 0))
    json.object { json in
      json.member("groupId", timer.key.groupID)
      json.member("timerId", timer.key.timerID)
      json.member("executeAt", timer.definition.executeAt)
      json.member("attempt", timer.attempt)
      json.tags(timer.definition)
      json.name("payload")
      if let payload = timer.definition.payload { json.raw(payload) } else { json.null() }
    }
    return json.finish()
  }
}
