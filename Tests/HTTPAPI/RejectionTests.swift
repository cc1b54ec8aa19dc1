import HTTPAPI
import TestSupport
import Testing
import TimerModel

/// Clients that are slow, greedy or do not speak HTTP, and a server that cannot go on itself.
@Suite struct RejectionTests {
  @Test func bodyTimeoutReturns408() async throws {
    try await APIHarness.run(configure: { $0.bodyTimeout = .milliseconds(300) }) { harness in
      let request = WireRequest("POST", "/groups/g/timers", json: APIHarness.body(id: "slow"))
      let (answer, isClosed) = try await WireConnection.run(port: harness.port) { connection in
        try connection.send(request.bytes.dropLast(5))
        return (try connection.receive(), connection.isClosedByPeer())
      }
      #expect(answer.status == 408)
      #expect(answer.header("connection") == "close")
      #expect(isClosed)
      #expect(try await harness.answer(WireRequest("GET", "/groups/g/timers/slow")).status == 404)
    }
  }

  @Test func headTimeoutClosesConnection() async throws {
    try await APIHarness.run(configure: { $0.idleTimeout = .milliseconds(500) }) { harness in
      let isClosed = try await WireConnection.run(port: harness.port) { connection in
        try connection.send("GET /livez HTTP/1.1\r\nhost: te".utf8)
        return connection.isClosedByPeer()
      }
      #expect(isClosed)
    }
  }

  @Test func idleConnectionIsClosed() async throws {
    try await APIHarness.run(configure: { $0.idleTimeout = .milliseconds(500) }) { harness in
      let isClosed = try await WireConnection.run(port: harness.port) { connection in
        for _ in 0..<3 {
          try connection.send(WireRequest("GET", "/livez").bytes)
          _ = try connection.receive()
        }
        return connection.isClosedByPeer()
      }
      #expect(isClosed)
    }
  }

  @Test func excessiveContentLengthReturns413() async throws {
    try await APIHarness.run { harness in
      let answer = try await WireConnection.run(port: harness.port) { connection in
        let head = WireRequest(
          "POST", "/groups/g/timers", headers: [("content-length", "999999999")], body: [])
        try connection.send(head.bytes)
        return try connection.receive()
      }
      #expect(answer.status == 413)
      #expect(answer.text.contains("327680 bytes"))
    }
  }

  @Test func excessiveChunkedBodyReturns413() async throws {
    try await APIHarness.run { harness in
      let answer = try await WireConnection.run(port: harness.port) { connection in
        let head = WireRequest(
          "POST", "/groups/g/timers", headers: [("transfer-encoding", "chunked")], body: [])
        try connection.send(head.bytes)
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + Array("\r\n".utf8)
        for _ in 0..<6 { try connection.send(chunk) }
        return try connection.receive()
      }
      #expect(answer.status == 413)
    }
  }

  @Test func chunkedBodyIsAccepted() async throws {
    try await APIHarness.run { harness in
      let body = APIHarness.body(id: "chunked")
      let text = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
      let request = WireRequest(
        "POST", "/groups/g/timers", headers: [("transfer-encoding", "chunked")], json: text)
      let answer = try await harness.answer(request)
      #expect(answer.status == 201)
    }
  }

  @Test(arguments: [
    "this is not HTTP\r\n\r\n", "GET\r\n\r\n", "GET /livez HTTP/9.9\r\nhost: a\r\n\r\n",
    "GET /livez HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n",
    "GET /livez HTTP/1.1\r\nhost: a\r\nx : y\r\n\r\n",
    "GET /livez HTTP/1.1\r\nhost: a\r\nx: a\u{0}b\r\n\r\n",
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: -1\r\n\r\n",
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2, 3\r\n\r\n{}",
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
    "POST /groups/g/timers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  ])
  func malformedRequestReturns400(text: String) async throws {
    try await APIHarness.run { harness in
      let (answer, isClosed) = try await WireConnection.run(port: harness.port) { connection in
        try connection.send(text.utf8)
        return (try connection.receive(), connection.isClosedByPeer())
      }
      #expect(answer.status == 400)
      #expect(answer.header("content-type") == "application/problem+json")
      #expect(answer.text.contains("urn:timerd:problem:malformed-request"))
      #expect(isClosed)
    }
  }

  @Test func endlessHeadersCloseConnection() async throws {
    try await APIHarness.run { harness in
      let wasCut = try await WireConnection.run(port: harness.port) { connection in
        let line = Array("x: \(String(repeating: "y", count: 8000))\r\n".utf8)
        do {
          try connection.send("GET /livez HTTP/1.1\r\n".utf8)
          for _ in 0..<10_000 { try connection.send(line) }
        } catch { return true }
        // The rejection may have come while the last of it was still being taken in.
        do { return try connection.receive().status == 431 } catch { return connection.isClosedByPeer() }
      }
      #expect(wasCut)
    }
  }

  @Test(arguments: [
    (FaultyCommands.Fault.overloaded, "overloaded", "2"), (.storeUnavailable, "store-unavailable", "1"),
    (.outcomeUnknown, "outcome-unknown", "1"), (.hanging, "outcome-unknown", "1"),
  ])
  func temporaryFailureReturns503WithRetryAfter(
    fault: FaultyCommands.Fault, problem: String, retryAfter: String
  ) async throws {
    try await APIHarness.run(configure: { if fault == .hanging { $0.requestDeadline = .milliseconds(500) } })
    {
      harness in
      harness.commands.fail(with: fault)
      let answer = try await harness.create("t")
      #expect(answer.status == 503)
      #expect(answer.text.contains("urn:timerd:problem:\(problem)"))
      #expect(answer.header("retry-after") == retryAfter)
      harness.commands.fail(with: nil)
      var again = try await harness.create("t").status
      while again == 503 { again = try await harness.create("t").status }
      #expect([200, 201].contains(again))
    }
  }

  @Test func bodyTimeoutExcludesProcessing() async throws {
    try await APIHarness.run(configure: {
      $0.bodyTimeout = .milliseconds(1500)
      $0.requestDeadline = .seconds(2)
    }) { harness in
      harness.commands.fail(with: .hanging)
      let start = ContinuousClock.now
      let answer = try await harness.create("t")
      #expect(answer.status == 503)
      #expect(answer.text.contains("urn:timerd:problem:outcome-unknown"))
      #expect(ContinuousClock.now - start >= .seconds(2))
    }
  }

  @Test func internalErrorHidesDetails() async throws {
    try await APIHarness.run { harness in
      harness.commands.fail(with: .bug)
      let answer = try await harness.create("t")
      #expect(answer.status == 500)
      #expect(answer.text.contains("urn:timerd:problem:internal-error"))
      #expect(!answer.text.contains("Bug"))
    }
  }

  @Test func excessSearchReturns503() async throws {
    try await APIHarness.run(configure: {
      $0.maxSearchesInFlight = 1
      $0.requestDeadline = .seconds(1)
    }) { harness in
      _ = try await harness.create("t")
      harness.commands.fail(with: .hanging)
      async let first = harness.answer(WireRequest("GET", "/groups/g/timers:count"))
      await harness.commands.waitUntilOneHangs()
      harness.commands.fail(with: nil)
      for target in ["/groups/g/timers", "/groups/g/timers:count", "/groups"] {
        let answer = try await harness.answer(WireRequest("GET", target))
        #expect(answer.status == 503 && answer.header("retry-after") == "1", "\(target)")
      }
      // Requests about named timers have room.
      #expect(try await harness.answer(WireRequest("GET", "/groups/g/timers/t")).status == 200)
      #expect(try await first.status == 503)
      try await eventually("room for a list") {
        try await harness.answer(WireRequest("GET", "/groups/g/timers")).status == 200
      }
    }
  }

  @Test func excessRequestReturns503() async throws {
    try await APIHarness.run(configure: {
      $0.maxRequestsInFlight = 1
      $0.requestDeadline = .seconds(1)
    }) { harness in
      harness.commands.fail(with: .hanging)
      async let first = harness.create("t")
      await harness.commands.waitUntilOneHangs()
      let second = try await harness.answer(WireRequest("GET", "/groups/g/timers/none"))
      #expect(second.status == 503)
      #expect(second.header("retry-after") == "1")
      #expect(try await harness.answer(WireRequest("GET", "/livez")).status == 200)
      #expect(try await first.status == 503)
      harness.commands.fail(with: nil)
      // The place is free once the work has ended, which may be a moment after the answer.
      var third = second
      while third.status == 503 {
        third = try await harness.answer(WireRequest("GET", "/groups/g/timers/none"))
      }
      #expect(third.status == 404)
    }
  }

  @Test func readinessNamesFailingComponents() async throws {
    try await APIHarness.run { harness in
      #expect(try await harness.answer(WireRequest("GET", "/readyz")).text == "ok\n")
      harness.health.set(HealthReport(.degraded, detail: "the index is away"))
      let degraded = try await harness.answer(WireRequest("GET", "/readyz?verbose"))
      #expect(degraded.status == 200)
      #expect(degraded.text == "degraded\nstore degraded the index is away\n")
      harness.health.set(HealthReport(.down, detail: "no answer"))
      let down = try await harness.answer(WireRequest("GET", "/readyz?verbose"))
      #expect(down.status == 503)
      #expect(down.text == "down\nstore down no answer\n")
      #expect(try await harness.answer(WireRequest("GET", "/livez")).status == 200)
    }
  }
}
