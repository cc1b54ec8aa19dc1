import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Requests whose answers were lost, and what null, headers and leap seconds mean, as a client sees it.
@Suite struct RepeatedRequestTests {
  private static let path = "/groups/g/timers/t"

  private func put(
    _ json: String, ifMatch: String? = nil, _ harness: APIHarness
  ) async throws -> WireAnswer {
    let headers = ifMatch.map { [(name: "if-match", value: $0)] } ?? []
    return try await harness.answer(WireRequest("PUT", Self.path, headers: headers, json: json))
  }

  @Test func repeatedUpdateAcceptsOldRevision() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      for ifMatch in ["\"1\"", "\"1\"", "\"1\", \"7\"", "\"7\""] {
        let answer = try await put("{\"payload\":2}", ifMatch: ifMatch, harness)
        #expect(answer.status == 200 && answer.header("etag") == "\"2\"", "\(ifMatch)")
      }
      let other = try await put("{\"payload\":3}", ifMatch: "\"1\"", harness)
      #expect(other.status == 412 && other.header("etag") == "\"2\"")
      #expect(try await put("{}", ifMatch: "\"1\"", harness).status == 412)
      // The same once the timer is being delivered, with the change in it.
      harness.clock.advance(by: .seconds(60))
      _ = try #require(await harness.claim("t"))
      let late = try await put("{\"payload\":2}", ifMatch: "\"1\"", harness)
      #expect(late.status == 200 && late.text.contains("\"status\":\"delivering\""))
      #expect(try await put("{\"payload\":3}", harness).status == 409)
    }
  }

  @Test func nullPayloadUpdateIsIdempotent() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      for _ in 0..<2 {
        let answer = try await put("{\"payload\":null}", harness)
        #expect(answer.status == 200 && answer.header("etag") == "\"2\"")
        #expect(!answer.text.contains("\"payload\""))
      }
      let body = "{\"id\":\"n\",\"executeAt\":\"2026-11-23T15:31:00Z\",\"callbackUrl\":\"http://example.com\""
      for (end, status) in [("}", 201), (",\"payload\":null}", 200), (",\"payload\":0}", 409)] {
        let answer = try await harness.answer(WireRequest("POST", "/groups/g/timers", json: body + end))
        #expect(answer.status == status, "\(end)")
      }
    }
  }

  @Test func repeatedCreationIgnoresReschedules() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      harness.clock.advance(by: .seconds(60))
      let timer = try #require(await harness.claim("t"))
      let next = harness.clock.now().store + .seconds(60)
      let settlement = Settlement(
        key: timer.key, fence: timer.fence, ending: .rescheduled(at: next, firingID: .random()), attempt: nil)
      #expect(await harness.store.settle([settlement]) == [.settled])
      let answer = try await harness.create("t")
      #expect(answer.status == 200 && answer.header("etag") == "\"2\"")
      #expect(answer.text.contains("\"executeAt\":\"2026-11-23T15:32:00.000Z\""))
    }
  }

  @Test(arguments: [
    ("\"executeAt\":\"2026-12-01T12:30:60Z\",\"callbackUrl\":\"http://example.com\"", "#/executeAt", 422),
    (
      "\"executeAt\":\"2026-12-31T23:59:60Z\",\"callbackUrl\":\"http://example.com\"",
      "2027-01-01T00:00:00.000Z", 201
    ),
    (
      "\"executeAt\":\"2026-12-01T00:00:00Z\",\"destination\":{\"http\":{\"url\":\"http://a/\",\"headers\":{\"Content-Encoding\":\"gzip\"}}}",
      "#/destination/http/headers/Content-Encoding", 422
    ),
  ])
  func problemsPointAtInvalidMembers(members: String, part: String, status: Int) async throws {
    try await APIHarness.run { harness in
      let answer = try await harness.answer(WireRequest("POST", "/groups/g/timers", json: "{\(members)}"))
      #expect(answer.status == status && answer.text.contains(part))
    }
  }
}
