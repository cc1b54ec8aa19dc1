import TestSupport
import Testing
import TimerModel
import TimerTesting

@testable import HTTPAPI

/// Conditional requests (RFC 9110, section 13).
@Suite struct PreconditionTests {
  @Test(arguments: [
    ("\"7\", , \"1\"", 204), (",\"1\",", 204), ("\"1\" ,\"7\"", 204), ("\"a,b\"", 412),
    ("\"a,b\", \"1\"", 204),
    ("\"a b\"", 412), ("\"\"", 412), ("W/\"1\"", 412), ("W/\"1\", \"1\"", 204), ("\"01\"", 412),
    ("\"+1\"", 412),
    ("\"9223372036854775808\"", 412), ("\"-1\", \"2\"", 412), (", ,", 400), ("*, \"1\"", 400),
    ("\"1\" \"2\"", 400),
    ("w/\"1\"", 400), ("\"1", 400), ("1, \"1\"", 400),
  ])
  func ifMatchTakesLists(value: String, status: Int) async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let request = WireRequest("DELETE", "/groups/g/timers/t", headers: [("if-match", value)])
      #expect(try await harness.answer(request).status == status)
    }
  }

  @Test func headerLinesFormOneList() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let headers = [(name: "if-match", value: "\"7\""), (name: "if-match", value: "\"1\"")]
      #expect(
        try await harness.answer(WireRequest("DELETE", "/groups/g/timers/t", headers: headers)).status == 204)
    }
  }

  @Test func longTagListsAreRead() throws {
    let list = String(repeating: "\"9\",", count: 20_000) + "\"1\""
    #expect(try EntityTags(list, of: "If-Match").matchesStrongly(1))
    let open = String(repeating: "\"", count: 80_001)
    #expect(throws: APIError.self) { try EntityTags(open, of: "If-Match") }
  }

  @Test func unchangedTimerReturns304() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      for path in ["/groups/g/timers/t", "/groups/g/timers/t/attempts"] {
        for (value, status) in [
          ("\"1\"", 304), ("W/\"1\"", 304), ("*", 304), ("\"2\", \"1\"", 304), ("\"2\"", 200),
        ] {
          let answer = try await harness.answer(WireRequest("GET", path, headers: [("if-none-match", value)]))
          #expect(answer.status == status, "\(path) \(value)")
          #expect(answer.header("etag") == "\"1\"")
          #expect(answer.body.isEmpty == (status == 304))
        }
        let other = try await harness.answer(WireRequest("GET", path, headers: [("if-match", "\"2\"")]))
        #expect(other.status == 412)
      }
    }
  }

  /// The revision stays while the state goes on: a client that asks whether it was delivered must hear of it.
  @Test func statusChangeDefeatsIfNoneMatch() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("cancelled")
      _ = try await harness.create("t")
      _ = try await harness.answer(WireRequest("DELETE", "/groups/g/timers/cancelled"))
      harness.clock.advance(by: .seconds(60))
      _ = try #require(await harness.claim("t"))
      for (id, status) in [("t", "delivering"), ("cancelled", "cancelled")] {
        let request = WireRequest("GET", "/groups/g/timers/\(id)", headers: [("if-none-match", "\"1\"")])
        let answer = try await harness.answer(request)
        #expect(answer.status == 200)
        #expect(answer.text.contains("\"status\":\"\(status)\""))
      }
    }
  }

  @Test(arguments: [("\"1\"", 412), ("*", 412), ("W/\"1\"", 412), ("\"2\"", 204)])
  func ifNoneMatchGuardsCancels(value: String, status: Int) async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let request = WireRequest("DELETE", "/groups/g/timers/t", headers: [("if-none-match", value)])
      #expect(try await harness.answer(request).status == status)
    }
  }
}
