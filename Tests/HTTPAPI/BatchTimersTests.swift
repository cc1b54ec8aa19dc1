import HTTPAPI
import JSONBytes
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Many timers that exist, read or cancelled by one request.
@Suite struct BatchTimersTests {
  private static func post(_ verb: String, _ ids: [String], _ harness: APIHarness) async throws -> WireAnswer
  {
    let json = "{\"ids\": [\(ids.joined(separator: ","))]}"
    return try await harness.answer(WireRequest("POST", "/groups/g/timers:\(verb)", json: json))
  }

  private static func results(_ answer: WireAnswer) throws -> [[String: JSONText]] {
    let body = try JSONText(answer.body, maxDepth: 16)
    let results = body.members?.first { $0.name == "results" }?.value.elements ?? []
    return results.map { Dictionary($0.members ?? [], uniquingKeysWith: { $1 }) }
  }

  private static func statuses(_ answer: WireAnswer) throws -> [Int64] {
    try results(answer).map { $0["status"]?.integer ?? 0 }
  }

  @Test func readsComeInOrderOfIDs() async throws {
    try await APIHarness.run { harness in
      for id in ["a", "b"] { _ = try await harness.create(id) }
      let ids = ["\"b\"", "\"none\"", "7", "\"a b\"", "\"a\"", "\"b\""]
      let answer = try await Self.post("batchGet", ids, harness)
      #expect(answer.status == 200)
      #expect(try Self.statuses(answer) == [200, 404, 422, 422, 200, 200])
      let names = try Self.results(answer).map { result in
        result["timer"]?.members?.first { $0.name == "id" }?.value.string
      }
      #expect(names == ["b", nil, nil, nil, "a", "b"])
    }
  }

  @Test func cancelsGiveAVerdictEach() async throws {
    try await APIHarness.run { harness in
      for id in ["a", "delivering"] { _ = try await harness.create(id) }
      _ = try #require(await harness.claim("delivering"))
      let ids = ["\"a\"", "\"none\"", "null", "\"delivering\"", "\"a\""]
      let answer = try await Self.post("batchCancel", ids, harness)
      #expect(try Self.statuses(answer) == [204, 404, 422, 409, 204])
      let stored = await harness.store.timers(
        ["a", "delivering"].map { TimerKey(groupID: "g", timerID: $0) })
      #expect(stored.map { $0?.status } == [.cancelled, .delivering])
    }
  }

  @Test func unknownOutcomeIsPerCancel() async throws {
    try await APIHarness.run { harness in
      harness.commands.fail(with: .outcomeUnknown)
      let answer = try await Self.post("batchCancel", ["\"a\""], harness)
      #expect(answer.status == 503 && answer.text.contains("each of the timers was cancelled or not"))
    }
  }

  @Test func answersOfManyTimersAreBounded() async throws {
    try await APIHarness.run { harness in
      let payload = "\"\(String(repeating: "x", count: 250_000))\""
      for number in 0..<40 {
        let body = """
          {"id": "t\(number)", "executeAt": "2026-11-23T15:31:00Z", "callbackUrl": "http://a.b/", "payload": \(payload)}
          """
        #expect(try await harness.answer(WireRequest("POST", "/groups/g/timers", json: body)).status == 201)
      }
      let answer = try await Self.post("batchGet", (0..<40).map { "\"t\($0)\"" }, harness)
      let statuses = try Self.statuses(answer)
      #expect(statuses.count == 40 && statuses.first == 200 && statuses.last == 413)
      #expect(answer.body.count < 10 << 20)
    }
  }
}
