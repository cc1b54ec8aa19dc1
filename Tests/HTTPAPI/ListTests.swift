import HTTPAPI
import JSONBytes
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Lists and counts over the API.
@Suite struct ListTests {
  private static func members(_ answer: WireAnswer) throws -> [String: JSONText] {
    let body = try JSONText(answer.body, maxDepth: 16)
    return Dictionary(body.members ?? [], uniquingKeysWith: { $1 })
  }

  private static func get(_ target: String, _ harness: APIHarness) async throws -> [String: JSONText] {
    let answer = try await harness.answer(WireRequest("GET", target))
    #expect(answer.status == 200, "\(target): \(answer.text)")
    return try members(answer)
  }

  private static func ids(_ members: [String: JSONText]) -> [String] {
    (members["timers"]?.elements ?? []).compactMap { timer in
      timer.members?.first { $0.name == "id" }?.value.string
    }
  }

  @Test func pagesFollowTheirTokens() async throws {
    try await APIHarness.run { harness in
      for number in 0..<7 { _ = try await harness.create("t\(number)") }
      var (seen, token): ([String], String) = ([], "")
      repeat {
        let page = try await Self.get("/groups/g/timers?pageSize=3&pageToken=\(token)", harness)
        seen += Self.ids(page)
        token = page["nextPageToken"]?.string ?? ""
      } while !token.isEmpty && seen.count < 20
      #expect(seen == (0..<7).map { "t\($0)" })
    }
  }

  @Test func tokensAreBoundToTheirParameters() async throws {
    try await APIHarness.run { harness in
      for number in 0..<3 { _ = try await harness.create("t\(number)") }
      let page = try await Self.get("/groups/g/timers?pageSize=1&status=scheduled", harness)
      let token = try #require(page["nextPageToken"]?.string)
      let next = try await Self.get(
        "/groups/g/timers?pageToken=\(token)&pageSize=9&status=scheduled", harness)
      #expect(Self.ids(next) == ["t1", "t2"])
      for target in [
        "/groups/g/timers?pageToken=\(token)", "/groups/h/timers?pageToken=\(token)&status=scheduled",
        "/groups/g/timers?pageToken=\(token)&status=dead", "/groups?pageToken=\(token)",
      ] {
        #expect(try await harness.answer(WireRequest("GET", target)).status == 422, "\(target)")
      }
    }
  }

  @Test func parametersSelectTimers() async throws {
    try await APIHarness.run { harness in
      let tagged = """
        {"id": "tagged", "executeAt": "2026-11-23T16:00:00Z", "callbackUrl": "https://b.example/x", "tags": {"customer": "4:2"}}
        """
      #expect(try await harness.answer(WireRequest("POST", "/groups/g/timers", json: tagged)).status == 201)
      _ = try await harness.create("plain")
      _ = try await harness.create("other", group: "h")
      _ = try await harness.answer(WireRequest("DELETE", "/groups/g/timers/plain"))
      for (query, found) in [
        ("tag=customer:4:2", ["tagged"]), ("status=cancelled", ["plain"]),
        ("destination=https://B.example", ["tagged"]),
        ("executeAfter=2026-11-23T18:30:00%2B02:00", []),
        ("executeAfter=2026-11-23T16:45:00+01:00", ["tagged"]),
        ("status=cancelled&status=scheduled", ["plain", "tagged"]), ("q=CUSTOMER", ["tagged"]),
        ("idPrefix=pl", ["plain"]),
        ("orderBy=executeAt%20desc", ["tagged", "plain"]), ("pageSize=0", ["plain", "tagged"]),
        ("pageSize=99999999999999999999", ["plain", "tagged"]),
      ] {
        #expect(Self.ids(try await Self.get("/groups/g/timers?\(query)", harness)) == found, "\(query)")
      }
      #expect(Self.ids(try await Self.get("/groups/-/timers", harness)) == ["plain", "tagged", "other"])
    }
  }

  @Test func countsAndGroups() async throws {
    try await APIHarness.run { harness in
      for id in ["a", "b"] { _ = try await harness.create(id) }
      _ = try await harness.create("c", group: "h")
      _ = try await harness.answer(WireRequest("DELETE", "/groups/g/timers/a"))
      let count = try await harness.answer(WireRequest("GET", "/groups/-/timers:count?groupBy=status"))
      #expect(
        count.text
          == "{\"total\":3,\"groups\":[{\"key\":\"cancelled\",\"count\":1},{\"key\":\"scheduled\",\"count\":2}]}"
      )
      let total = try await harness.answer(WireRequest("GET", "/groups/g/timers:count?status=scheduled"))
      #expect(total.text == "{\"total\":1,\"groups\":[]}")
      let first = try await Self.get("/groups?pageSize=1", harness)
      let token = try #require(first["nextPageToken"]?.string)
      let second = try await harness.answer(WireRequest("GET", "/groups?pageSize=1&pageToken=\(token)"))
      let counts = "{\"scheduled\":1,\"delivered\":0,\"dead\":0,\"cancelled\":0}"
      #expect(second.text == "{\"groups\":[{\"groupId\":\"h\",\"counts\":\(counts)}],\"nextPageToken\":\"\"}")
    }
  }

  @Test func missingPowerIsNamed() async throws {
    try await APIHarness.run(hasSearch: false) { harness in
      for target in ["/groups", "/groups/g/timers", "/groups/-/timers:count"] {
        let answer = try await harness.answer(WireRequest("GET", target))
        #expect(answer.status == 501 && answer.text.contains("TimerSearch"), "\(answer.text)")
      }
      #expect(try await harness.create("t").status == 201)
    }
  }
}
