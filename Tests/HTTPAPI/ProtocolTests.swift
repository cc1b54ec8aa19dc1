import HTTPAPI
import TestSupport
import Testing
import TimerModel

/// The MUSTs of RFC 9110 and RFC 9112 for an origin server, sent as bytes.
@Suite struct ProtocolTests {
  @Test func protocolCasesGetExpectedResponses() async throws {
    try await APIHarness.run { harness in
      for row in ProtocolCase.table {
        let (answers, isClosed) = try await WireConnection.run(port: harness.port) { connection in
          // The server may have rejected it, and closed, before all of it was sent.
          try? connection.send(row.bytes)
          let answers = try row.statuses.map { _ in try connection.finalAnswer() }
          if row.ends { return (answers, connection.isClosedByPeer()) }
          try connection.send(WireRequest("GET", "/livez").bytes)
          return (answers, try connection.receive().status != 200)
        }
        #expect(answers.map(\.status) == row.statuses, "\(row.testDescription): \(answers.last?.text ?? "")")
        #expect(isClosed == row.ends, "\(row.testDescription)")
        for answer in answers { Self.expectPromises(of: answer, row) }
        for header in row.headers {
          #expect(answers.last?.header(header.name) == header.value, "\(row.testDescription)")
        }
        if row.ends { #expect(answers.last?.header("connection") == "close", "\(row.testDescription)") }
      }
    }
  }

  /// Expects the promises that api.yaml makes for every answer.
  private static func expectPromises(of answer: WireAnswer, _ row: ProtocolCase) {
    #expect((answer.header("x-request-id") ?? "").isEmpty == false, "\(row.testDescription)")
    #expect(answer.header("date")?.hasSuffix(" GMT") == true, "\(row.testDescription)")
    guard answer.status >= 400 else { return }
    #expect(answer.header("content-type") == "application/problem+json", "\(row.testDescription)")
    #expect(answer.text.contains("\"status\":\(answer.status)"), "\(row.testDescription)")
  }

  @Test func rejectionsEchoRequestID() async throws {
    try await APIHarness.run { harness in
      let answer = try await WireConnection.run(port: harness.port) { connection in
        try connection.send("GET /livez HTTP/1.1\r\nx-request-id: mine\r\n\r\n".utf8)
        return try connection.receive()
      }
      #expect(answer.status == 400)
      #expect(answer.header("x-request-id") == "mine")
    }
  }

  @Test func expectationGetsContinue() async throws {
    try await APIHarness.run { harness in
      let (interim, final) = try await WireConnection.run(port: harness.port) { connection in
        let bytes = ProtocolCase.create("waits", "expect: 100-continue")
        let body = APIHarness.body(id: "waits")
        try connection.send(bytes.utf8.dropLast(body.utf8.count))
        let interim = try connection.receive().status
        try connection.send(body.utf8)
        return (interim, try connection.receive().status)
      }
      #expect(interim == 100)
      #expect(final == 201)
    }
  }

  @Test(arguments: [
    ("POST /groups/g/timers", "content-type: text/plain\r\ncontent-length: 9", 415),
    ("POST /groups/g/timers", "content-type: application/json\r\ncontent-length: 999999999", 413),
    ("POST /none", "content-type: application/json\r\ncontent-length: 9", 404),
    ("POST /livez", "content-type: application/json\r\ncontent-length: 9", 405),
  ])
  func rejectedExpectationGetsNoContinue(request: String, headers: String, status: Int) async throws {
    try await APIHarness.run { harness in
      let (answer, isClosed) = try await WireConnection.run(port: harness.port) { connection in
        try connection.send(
          "\(request) HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n\(headers)\r\n\r\n".utf8)
        return (try connection.receive(), connection.isClosedByPeer())
      }
      #expect(answer.status == status)
      #expect(answer.header("connection") == "close")
      #expect(isClosed)
    }
  }

  @Test func pipelinedResponsesComeInOrder() async throws {
    try await APIHarness.run { harness in
      let statuses = try await WireConnection.run(port: harness.port) { connection in
        let all = (0..<300).flatMap {
          WireRequest("GET", $0.isMultiple(of: 3) ? "/livez" : "/none\($0)").bytes
        }
        try connection.send(all)
        return try (0..<300).map { _ in try connection.receive().status }
      }
      #expect(statuses == (0..<300).map { $0.isMultiple(of: 3) ? 200 : 404 })
    }
  }

  @Test func oneByteChunksAreAccepted() async throws {
    try await APIHarness.run { harness in
      let answer = try await WireConnection.run(port: harness.port) { connection in
        let body = APIHarness.body(id: "tiny").utf8.map { "1\r\n\(UnicodeScalar($0))\r\n" }.joined()
        let head = "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
        try connection.send("\(head)transfer-encoding: chunked\r\n\r\n\(body)0\r\n\r\n".utf8)
        return try connection.receive()
      }
      #expect(answer.status == 201)
    }
  }

  @Test func headReturnsHeadersOfGet() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      for path in ["/livez", "/readyz", "/groups/g/timers/t", "/groups/g/timers/t/attempts", "/none"] {
        let head = try await harness.answer(WireRequest("HEAD", path))
        let get = try await harness.answer(WireRequest("GET", path))
        #expect(head.status == get.status)
        for name in ["content-type", "content-length", "etag"]
        where path != "/none" || name != "content-length" {
          #expect(head.header(name) == get.header(name), "\(path) \(name)")
        }
      }
    }
  }
}

extension WireConnection {
  /// Waits for the next answer that is not an interim one.
  fileprivate func finalAnswer() throws -> WireAnswer {
    while true {
      let answer = try receive()
      if answer.status >= 200 { return answer }
    }
  }
}
