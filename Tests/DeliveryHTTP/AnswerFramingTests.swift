import DeliveryHTTP
import TestSupport
import Testing
import TimerModel

/// Answers as bytes: what a user agent must and must not make of them (RFC 9110, RFC 9112), and answers that end early.
@Suite struct AnswerFramingTests {
  struct Case: Sendable {
    let bytes: String
    let kind: AttemptOutcome.Kind
    var status: Int?
    var note: String?
  }

  private static let failed = AttemptOutcome.Kind.failed(retryAfter: nil)

  private static let cases: [Case] = [
    // Interim answers are passed over, and what they say with them.
    Case(
      bytes: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"ok\":false}",
      kind: failed, status: 200),
    Case(
      bytes:
        "HTTP/1.1 103 Early Hints\r\nretry-after: 9\r\ncontent-length: 7\r\n\r\nHTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
      kind: failed, status: 503),
    Case(
      bytes: String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 20) + "HTTP/1.1 204 No\r\n\r\n",
      kind: .delivered, status: 204),
    // Nothing else was asked for than an answer.
    Case(
      bytes: "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", kind: failed,
      status: 101),
    // Statuses without a body have none, whatever they say.
    Case(bytes: "HTTP/1.1 204 No\r\ncontent-length: 12\r\n\r\n{\"ok\":false}", kind: .delivered, status: 204),
    Case(bytes: "HTTP/1.1 304 No\r\ncontent-length: 12\r\n\r\n", kind: failed, status: 304),
    Case(bytes: "HTTP/1.1 203 OK\r\ncontent-length: 12\r\n\r\n{\"ok\":false}", kind: failed, status: 203),
    Case(bytes: "HTTP/1.1 206 OK\r\ncontent-length: 12\r\n\r\n{\"ok\":false}", kind: failed, status: 206),
    Case(bytes: "HTTP/1.0 200 OK\r\n\r\n{\"ok\":false}", kind: failed, status: 200),
    Case(bytes: "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", kind: .delivered, status: 200),
    Case(bytes: "HTTP/1.1 200 OK\ncontent-length: 0\n\n", kind: .delivered, status: 200),
    Case(bytes: "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n", kind: failed, status: 999),
    // No answer at all.
    Case(bytes: "hello\r\n\r\n", kind: failed), Case(bytes: "HTTP/1.1\r\n\r\n", kind: failed),
    Case(bytes: "HTTP/1.1 1000 Odd\r\n\r\n", kind: failed),
    Case(bytes: "HTTP/1.1 099 Odd\r\n\r\n", kind: failed),
    Case(bytes: "HTTP/1.1 -20 Odd\r\n\r\n", kind: failed),
    Case(bytes: "HTTP/7.3 200 OK\r\n\r\n", kind: failed),
    Case(bytes: "HTTP/1.1 200 OK\r\n", kind: failed), Case(bytes: "HTTP/1.1 200 OK\r\nx: y", kind: failed),
    Case(bytes: "HTTP/1.1 100 Continue\r\n\r\n", kind: failed),
    // The body's length.
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 12\r\n\r\n{\"ok\":false}", kind: failed),
    Case(bytes: "HTTP/1.1 200 OK\r\ncontent-length: 2, 12\r\n\r\n{\"ok\":false}", kind: failed),
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 12\r\nContent-Length: 12\r\n\r\n{\"ok\":false}",
      kind: failed, status: 200),
    Case(bytes: "HTTP/1.1 200 OK\r\ncontent-length: 2, 02\r\n\r\n{}", kind: .delivered, status: 200),
    Case(bytes: "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}", kind: failed),
    Case(bytes: "HTTP/1.1 200 OK\r\ncontent-length: 5x\r\n\r\n{}", kind: failed),
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{\"ok\":false}", kind: failed,
      status: 200),
    Case(
      bytes:
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{\"ok\":false}\r\n0\r\n\r\n",
      kind: failed, status: 200),
    Case(
      bytes: "HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\n0\r\nretry-after: 9\r\n\r\n", kind: failed,
      status: 503),
    // Several lines of Retry-After, and bytes that are not UTF-8 would be.
    Case(
      bytes: "HTTP/1.1 503 No\r\nRETRY-AFTER:\t7 \r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n",
      kind: .failed(retryAfter: .delay(.seconds(7))), status: 503),
    Case(
      bytes:
        "HTTP/1.1 503 No\r\nretry-after: Sun, 06 Nov 999999999999 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n",
      kind: failed, status: 503),
    // What ends early counts by its status, and by what was read.
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello", kind: .delivered, status: 200,
      note: "the status counted: the answer's body ended early (Transferred a partial file)"),
    Case(bytes: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\": false", kind: failed, status: 200),
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"nextExecuteAt\": \"2026", kind: failed,
      status: 200),
    Case(
      bytes: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n", kind: .delivered,
      status: 200,
      note: "the status counted: the answer's body ended early (Failure when receiving data from the peer)"),
    Case(
      bytes: "HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nx",
      kind: .failed(retryAfter: .delay(.seconds(7))),
      status: 503),
    Case(bytes: "HTTP/1.1 404 No\r\ncontent-length: 100\r\n\r\nx", kind: .permanentFailure, status: 404),
    // What cannot be read counts by its status.
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}", kind: .delivered,
      status: 200,
      note: "the status counted: the answer's body has a content coding, which was not asked for"),
    Case(
      bytes:
        "HTTP/1.1 200 OK\r\ncontent-type: application/problem+json; charset=x\r\ncontent-length: 5\r\n\r\nhello",
      kind: .delivered, status: 200, note: "the status counted: the answer's body is not readable as JSON"),
    Case(
      bytes: "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello",
      kind: .delivered, status: 200),
  ]

  @Test(arguments: cases.indices)
  func framingDeterminesOutcome(index: Int) async throws {
    let expected = Self.cases[index]
    let receiver = try await ScriptedReceiver.start { _ in .sendAndClose(expected.bytes) }
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url, timeout: .seconds(20)))
    let bytes = expected.bytes.debugDescription
    #expect(outcome.kind == expected.kind, "\(bytes): \(outcome)")
    #expect(outcome.statusCode == expected.status, "\(bytes): \(outcome)")
    #expect(outcome.note == expected.note, "\(bytes): \(outcome)")
    #expect(receiver.requests.count == 1)
    try await receiver.stop()
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello", AttemptOutcome.Kind.delivered),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", .delivered),
    ("HTTP/1.1 200 OK\r\n\r\n", .delivered),
    ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"ok\": false,", .failed(retryAfter: nil)),
    (
      "HTTP/1.1 503 No\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\n",
      .failed(retryAfter: .delay(.seconds(7)))
    ),
    ("HTTP/1.1 404 No\r\ncontent-length: 100\r\n\r\n", .permanentFailure),
  ])
  func stalledBodyCountsByStatus(bytes: String, kind: AttemptOutcome.Kind) async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(bytes) }
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url, timeout: .seconds(4)))
    #expect(outcome.kind == kind)
    #expect(outcome.statusCode != nil)
    #expect(
      kind != .delivered
        || outcome.note == "the status counted: the answer's body ended early (Timeout was reached)")
    try await receiver.stop()
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nx: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n", ""])
  func incompleteHeadIsNoResponse(bytes: String) async throws {
    let receiver = try await ScriptedReceiver.start { _ in .send(bytes) }
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url, timeout: .seconds(4)))
    #expect(outcome.kind == .failed(retryAfter: nil))
    #expect(outcome.statusCode == nil)
    try await receiver.stop()
  }

  @Test func resetStreamCountsByStatus() async throws {
    let receiver = try H2Receiver(.partial)
    let outcome = await HTTPDeliveryTransportTests.running(
      RepeatedSendTests.configuration(receiver.certificate)
    ) { [url = receiver.url] in await $0.attempt(HTTPDeliveryTransportTests.request(url)) }
    #expect(outcome.kind == .delivered)
    #expect(outcome.note?.hasPrefix("the status counted: the answer's body ended early") == true)
    #expect(try receiver.requests == 1)
  }

  @Test func truncatedBodiesAreNoted() async throws {
    let long = "{\"a\": \"" + String(repeating: "x", count: 20_000)
    let receiver = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n" + long)
    let outcome = try await HTTPDeliveryTransportTests.attempt(
      HTTPDeliveryTransportTests.request(receiver.url))
    #expect(outcome.kind == .delivered)
    #expect(outcome.note == "the status counted: only the first 16384 bytes of the answer's body were read")
    try await receiver.stop()
    let no = try await RawReceiver.start(
      bytes: "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n{\"ok\": false," + long)
    #expect(
      try await HTTPDeliveryTransportTests.attempt(HTTPDeliveryTransportTests.request(no.url)).kind
        == .failed(retryAfter: nil))
    try await no.stop()
  }
}
