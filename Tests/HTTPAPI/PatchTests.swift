import HTTPAPI
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Merge patches (RFC 7396).
@Suite struct PatchTests {
  private static func patch(
    _ json: String, of id: String = "t", headers: [(name: String, value: String)] = [], _ harness: APIHarness
  ) async throws -> WireAnswer {
    let type: [(name: String, value: String)] = [("content-type", "application/merge-patch+json")]
    return try await harness.answer(
      WireRequest("PATCH", "/groups/g/timers/\(id)", headers: type + headers, json: json))
  }

  private static func create(_ json: String, _ harness: APIHarness) async throws {
    let body = "{\"id\": \"t\", \"executeAt\": \"2026-11-23T15:31:00Z\", \(json)}"
    #expect(try await harness.answer(WireRequest("POST", "/groups/g/timers", json: body)).status == 201)
  }

  @Test(arguments: [
    (
      "{\"a\": 1, \"b\": {\"c\": 12345678901234567890, \"d\": [1]}}", "{\"b\": {\"d\": null, \"e\": 2.50}}",
      "{\"a\":1,\"b\":{\"c\":12345678901234567890,\"e\":2.50}}"
    ),
    ("{\"a\": 1}", "{\"a\": 1}", "{\"a\": 1}"), ("{\"a\": 1}", "{\"b\": null}", "{\"a\": 1}"),
    ("{\"a\": 1}", "[2]", "[2]"), ("[1]", "{\"a\": {\"b\": null, \"c\": 1}}", "{\"a\":{\"c\":1}}"),
    ("{\"a\": [1]}", "{\"a\": {\"b\": 1}}", "{\"a\":{\"b\":1}}"),
  ])
  func payloadsAreMergedDown(before: String, patch: String, after: String) async throws {
    try await APIHarness.run { harness in
      try await Self.create("\"callbackUrl\": \"http://a.b/\", \"payload\": \(before)", harness)
      let answer = try await Self.patch("{\"payload\": \(patch)}", harness)
      #expect(answer.status == 200 && answer.text.contains("\"payload\":\(after)"), "\(answer.text)")
      // A patch that was made changes nothing.
      let again = try await Self.patch("{\"payload\": \(patch)}", harness)
      #expect(again.header("etag") == answer.header("etag"))
    }
  }

  @Test func partsAreMergedByMember() async throws {
    try await APIHarness.run { harness in
      try await Self.create(
        """
        "destination": {"http": {"url": "http://a.b/", "headers": {"x": "1", "y": "2"}}}, "tags": {"a": "1", "b": "2"},
        "retryPolicy": {"maxAttempts": 3, "maxInterval": "1h"}
        """, harness)
      let patch = """
        {"destination": {"http": {"headers": {"x": null, "z": "3"}}}, "tags": {"b": null, "c": "3"},
        "retryPolicy": {"maxAttempts": 4}, "payload": null}
        """
      #expect(try await Self.patch(patch, harness).status == 200)
      let timer = try #require(
        await harness.store.timers([TimerKey(groupID: "g", timerID: "t")]).first ?? nil)
      #expect(timer.definition.tags == ["a": "1", "c": "3"])
      #expect(timer.definition.retryPolicy?.maxAttempts == 4)
      #expect(timer.definition.retryPolicy?.maxInterval == .seconds(3600))
      #expect(
        timer.definition.gaps.contains(.initialInterval) && !timer.definition.gaps.contains(.maxInterval))
      #expect(
        timer.definition.destination
          == .http(
            HTTPDestination(
              url: "http://a.b/", headers: [Header(name: "y", value: "2"), Header(name: "z", value: "3")])))
    }
  }

  @Test func patchesKeepTheRulesOfUpdates() async throws {
    try await APIHarness.run { harness in
      #expect(try await Self.patch("{}", of: "none", harness).status == 404)
      try await Self.create("\"callbackUrl\": \"http://a.b/\"", harness)
      #expect(try await Self.patch("{}", headers: [("if-match", "\"2\"")], harness).status == 412)
      for body in ["{\"executeAt\": null}", "{\"tags\": {\"a b\": \"1\"}}", "{\"color\": 1}", "[]"] {
        #expect(try await Self.patch(body, harness).status == 422, "\(body)")
      }
      #expect(try await Self.patch("{", harness).status == 400)
      let typed = try await harness.answer(WireRequest("PATCH", "/groups/g/timers/t", json: "{}"))
      #expect(typed.status == 415 && typed.header("accept-patch") == "application/merge-patch+json")
    }
  }
}
