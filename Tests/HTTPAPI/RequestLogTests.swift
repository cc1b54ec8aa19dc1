import Logging
import TestSupport
import Testing
import TimerModel

/// The log entries of the API.
@Suite struct RequestLogTests {
  @Test func logEntryNamesRequestAndTimer() async throws {
    let log = RecordedLog()
    try await APIHarness.run(logger: log.logger) { harness in
      let request = WireRequest(
        "POST", "/groups/g/timers", headers: [("x-request-id", "r-1")], json: APIHarness.body(id: "t"))
      let answer = try await harness.answer(request)
      #expect(answer.header("x-request-id") == "r-1")
      let entry = try #require(log.entries.first { $0.message == "request answered" })
      #expect(entry.fields["request_id"] == "r-1")
      #expect(entry.fields["group_id"] == "g")
      #expect(entry.fields["timer_id"] == "t")
      #expect(entry.fields["status"] == "201")
      #expect(entry.fields["method"] == "POST")
    }
  }

  @Test func invalidRequestIDsAreReplaced() async throws {
    try await APIHarness.run { harness in
      for bad in ["a b", String(repeating: "x", count: 129), "a\"b"] {
        let request = WireRequest("GET", "/groups/g/timers/t", headers: [("x-request-id", bad)])
        let given = try #require(try await harness.answer(request).header("x-request-id"))
        #expect(given.count == 32)
      }
    }
  }

  @Test func problemNamesItsRequest() async throws {
    try await APIHarness.run { harness in
      let request = WireRequest("GET", "/groups/g/timers/t", headers: [("x-request-id", "r-2")])
      let answer = try await harness.answer(request)
      #expect(answer.text.contains("\"instance\":\"/groups/g/timers/t#r-2\""))
    }
  }

  @Test func failuresAreLoggedWithReason() async throws {
    let log = RecordedLog()
    try await APIHarness.run(logger: log.logger) { harness in
      _ = try await harness.answer(WireRequest("GET", "/readyz"))
      harness.commands.fail(with: .storeUnavailable)
      _ = try await harness.create("t")
      let entry = try #require(log.entries.first { $0.fields["status"] == "503" })
      #expect(entry.level == .warning)
      #expect(entry.fields["problem"] == "store-unavailable")
      #expect(entry.fields["error"]?.contains("away") == true)
      #expect(!log.entries.contains { $0.fields["path"]?.contains("readyz") == true })
      #expect(log.entries.filter { $0.message == "request answered" }.count == 1)
    }
  }
}
