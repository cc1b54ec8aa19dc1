import HTTPAPI
import TestSupport
import Testing
import TimerModel

/// The answers of a node that is about to stop.
@Suite struct ShutdownNoticeTests {
  @Test func announcementEndsReadinessOnly() async throws {
    let port = LocalPort.free()
    try await APIHarness.run(configure: { $0.administration = HTTPAPI.Address(host: "127.0.0.1", port: port) }
    ) { harness in
      let ready = WireRequest("GET", "/readyz")
      #expect(try await ready.answer(from: port).status == 200)
      harness.shutdown.announce()
      let answer = try await ready.answer(from: port)
      #expect(answer.status == 503)
      #expect(answer.text.contains("shutting down"))
      #expect(try await WireRequest("GET", "/livez").answer(from: port).status == 200)
      let created = try await harness.create("t")
      #expect(created.status == 201)
      #expect(created.header("connection") == nil)
    }
  }

  @Test func windDownClosesConnectionsAfterResponses() async throws {
    try await APIHarness.run { harness in
      let shutdown = harness.shutdown
      let (first, last, isClosed) = try await WireConnection.run(port: harness.port) { connection in
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
      #expect(try await harness.create("later").status == 201)
    }
  }
}
