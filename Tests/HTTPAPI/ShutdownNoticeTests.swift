import HTTPAPI
import Testing
import TimerModel
import TimerTesting

/// The answers of a node that is about to stop.
@Suite struct ShutdownNoticeTests {
  @Test func announcementEndsReadinessOnly() async throws {
    let port = LocalPort.free()
    try await APIHarness.run(configure: { $0.administration = HTTPAPI.Address(host: "127.0.0.1", port: port) }
    ) { bench in
      let ready = WireRequest("GET", "/readyz")
      #expect(try await ready.answer(from: port).status == 200)
      bench.shutdown.announce()
      let answer = try await ready.answer(from: port)
      #expect(answer.status == 503)
      #expect(answer.text.contains("shutting down"))
      #expect(try await WireRequest("GET", "/livez").answer(from: port).status == 200)
      let created = try await bench.create("t")
      #expect(created.status == 201)
      #expect(created.header("connection") == nil)
    }
  }

  @Test func windDownClosesConnectionsAfterResponses() async throws {
    try await APIHarness.run { bench in
      let shutdown = bench.shutdown
      let (first, last, isClosed) = try await WireConnection.run(port: bench.port) { connection in
        let first = try connection.answer(to: WireRequest("GET", "/groups/g/timers/t"))
        shutdown.announce()
        shutdown.windDown()
        let last = try connection.answer(to: WireRequest("GET", "/groups/g/timers/t"))
        return (first, last, connection.isClosedByPeer())
      }
      #expect(first.header("connection") == nil)
      #expect(last.status == 404)
      #expect(last.header("connection") == "close")
      #expect(isClosed)
      #expect(try await bench.create("later").status == 201)
    }
  }
}
