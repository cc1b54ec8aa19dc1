import HTTPAPI
import JSONBytes
import TestSupport
import Testing
import TimerModel
import TimerTesting

@Suite struct BatchCreateTests {
  private static func post(_ timers: [String], _ harness: APIHarness) async throws -> WireAnswer {
    let json = "{\"timers\": [\(timers.joined(separator: ","))]}"
    return try await harness.answer(WireRequest("POST", "/groups/g/timers:batchCreate", json: json))
  }

  /// The results of an answer.
  private static func results(_ answer: WireAnswer) throws -> [[String: JSONText]] {
    let body = try JSONText(answer.body, maxDepth: 16)
    let results = body.members?.first { $0.name == "results" }?.value.elements ?? []
    return results.map { Dictionary($0.members ?? [], uniquingKeysWith: { $1 }) }
  }

  private static func statuses(_ answer: WireAnswer) throws -> [Int64] {
    try results(answer).map { $0["status"]?.integer ?? 0 }
  }

  @Test func resultsComeInOrderOfTimers() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("there")
      let answer = try await Self.post(
        [
          APIHarness.body(id: "new"), APIHarness.body(id: "there"),
          APIHarness.body(id: "there", executeAt: "2026-11-23T15:32:00Z"), "{\"id\": 7}",
          APIHarness.body(id: "last"),
        ], harness)
      #expect(answer.status == 200)
      #expect(try Self.statuses(answer) == [201, 200, 409, 422, 201])
      let stored = await harness.store.timers(
        ["new", "last"].map { TimerKey(groupID: "g", timerID: $0) })
      #expect(stored.allSatisfy { $0?.status == .scheduled })
    }
  }

  @Test func batchedTimerLooksLikeSingleOne() async throws {
    try await APIHarness.run { harness in
      let answer = try await Self.post([APIHarness.body(id: "t")], harness)
      let timer = try #require(try Self.results(answer).first?["timer"])
      let alone = try await harness.answer(WireRequest("GET", "/groups/g/timers/t"))
      #expect(Array(timer.bytes) == alone.body)
    }
  }

  @Test func problemsPointIntoTheBatch() async throws {
    try await APIHarness.run { harness in
      let answer = try await Self.post(
        [APIHarness.body(id: "t"), "{\"id\": \"a b\", \"executeAt\": 1}", "3"], harness)
      let problems = try Self.results(answer).map { result in
        result["problem"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      }
      #expect(problems[1].contains("#/timers/1/id") && problems[1].contains("#/timers/1/executeAt"))
      #expect(problems[2].contains("\"#/timers/2\""))
    }
  }

  @Test func payloadTooLargeIsItsTimersProblem() async throws {
    try await APIHarness.run { harness in
      let payload = "\"payload\": \"\(String(repeating: "x", count: 300_000))\""
      let large = "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\", \(payload)}"
      let answer = try await Self.post([large, APIHarness.body(id: "small")], harness)
      #expect(try Self.statuses(answer) == [413, 201])
    }
  }

  @Test func idTwiceInOneBatchIsRepeated() async throws {
    try await APIHarness.run { harness in
      let answer = try await Self.post(
        [
          APIHarness.body(id: "t"), APIHarness.body(id: "t"),
          APIHarness.body(id: "t", executeAt: "2026-11-23T15:32:00Z"),
        ], harness)
      #expect(try Self.statuses(answer) == [201, 200, 409])
    }
  }

  @Test func timersWithoutIDGetTheirOwn() async throws {
    try await APIHarness.run { harness in
      let timer = "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\"}"
      let answer = try await Self.post(Array(repeating: timer, count: 50), harness)
      let ids = try Self.results(answer).map { result in
        result["timer"]?.members?.first { $0.name == "id" }?.value.string
      }
      #expect(Set(ids).count == 50 && !ids.contains(nil))
    }
  }

  @Test func unknownOutcomeIsPerTimer() async throws {
    try await APIHarness.run { harness in
      harness.commands.fail(with: .outcomeUnknown)
      let answer = try await Self.post([APIHarness.body(id: "t")], harness)
      #expect(answer.status == 503 && answer.text.contains("each of the timers was created or not"))
    }
  }

  @Test func batchBytesInFlightAreBounded() async throws {
    try await APIHarness.run(configure: { $0.maxBatchBytesInFlight = 1000 }) { harness in
      let timer = APIHarness.body(id: "t")
      #expect(try await Self.post([timer], harness).status == 200)
      let answer = try await Self.post(Array(repeating: timer, count: 20), harness)
      #expect(answer.status == 503 && answer.header("retry-after") == "1")
      #expect(try await Self.post([timer], harness).status == 200)
    }
  }
}
