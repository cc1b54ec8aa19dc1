import Testing
import TimerModel
import TimerWire

/// Headers that describe the body, the response or the connection belong to the service.
@Suite struct HeaderRuleTests {
  private let decoder = CommandDecoder(kafkaTopic: "timer-fired")

  private func pointers(_ destination: String, _ name: String, _ value: String = "x") -> [String]? {
    let headers = "\"headers\":{\"\(name)\":\"\(value)\"}"
    let target = destination == "http" ? "\"url\":\"http://a/\",\(headers)" : headers
    let body = "{\"executeAt\":\"2026-12-01T00:00:00Z\",\"destination\":{\"\(destination)\":{\(target)}}}"
    do {
      _ = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: CommandDecoderTests.now)
      return []
    } catch .invalid(let violations) {
      return violations.map(\.pointer)
    } catch {
      return nil
    }
  }

  @Test(arguments: [
    "Content-Encoding", "content-encoding", "CONTENT-LENGTH", "Content-Type", "Content-Range",
    "Content-Location",
    "Content-Language", "Content-Digest", "Content-MD5", "Repr-Digest", "Digest", "Transfer-Encoding",
    "Trailer",
    "TE", "Expect", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Upgrade",
    "HTTP2-Settings",
    "Host", "Range", "If-Range", "If-Match", "If-None-Match", "Accept-Encoding", "A-IM", "Webhook-Id",
    "webhook-signature", "User-Agent", "Traceparent", "tracestate", "Early-Data",
  ])
  func reservedHTTPHeadersAreRejected(name: String) {
    #expect(pointers("http", name) == ["#/destination/http/headers/\(name)"])
  }

  @Test(arguments: [
    "CE_id", "ce_type", "Content-Type", "content-encoding", "timerd-message-id", "Traceparent",
  ])
  func reservedRecordHeadersAreRejected(name: String) {
    #expect(pointers("kafka", name) == ["#/destination/kafka/headers/\(name)"])
  }

  @Test(arguments: [
    "Authorization", "X-Tenant", "Cookie", "Accept", "Accept-Language", "Idempotency-Key",
    "X-Content-Type-Options",
    "Cache-Control", "baggage", "Forwarded", "!#$%&'*+-.^_`|~",
  ])
  func otherHeadersAreAccepted(name: String) { #expect(pointers("http", name) == []) }

  @Test(arguments: [
    "a\\u0000", "a\\r\\nb: c", "a\\tb", " a", "a ", "\\u0007", "caf\\u00e9", "\\u007f", "\\ud800",
  ])
  func valuesArePrintableASCII(value: String) {
    #expect(pointers("http", "x-a", value) == ["#/destination/http/headers/x-a"])
    #expect(pointers("kafka", "x-a", value) == ["#/destination/kafka/headers/x-a"])
  }

  @Test(arguments: ["x y", "", "x:", "x\\u000a", "x\\u00e9", "(x)", "x@y"])
  func namesAreTokens(name: String) { #expect(pointers("http", name)?.count == 1) }
}
