import TestSupport
import Testing
import TimerModel
import TimerTesting

/// The answers of the four calls, in each state of a timer.
@Suite struct VerdictTests {
  @Test func creationReturns201WithLocation() async throws {
    try await APIHarness.run { harness in
      let answer = try await harness.create("o-17")
      #expect(answer.status == 201)
      #expect(answer.header("location") == "/groups/g/timers/o-17")
      #expect(answer.header("etag") == "\"1\"")
      #expect(answer.text.contains("\"status\":\"scheduled\""))
      #expect(answer.text.contains("\"payload\":{\"n\": 1}"))
      #expect(answer.text.contains("\"executeAt\":\"2026-11-23T15:31:00.000Z\""))
    }
  }

  @Test func creationIsIdempotent() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      #expect(try await harness.create("t").status == 200)
      let other = APIHarness.body(id: "t", executeAt: "2026-11-23T15:32:00Z")
      let answer = try await harness.answer(WireRequest("POST", "/groups/g/timers", json: other))
      #expect(answer.status == 409)
      #expect(answer.text.contains("urn:timerd:problem:id-taken"))
    }
  }

  @Test func missingIDIsGenerated() async throws {
    try await APIHarness.run { harness in
      let body = "{\"executeAt\":\"2026-11-23T15:31:00Z\",\"callbackUrl\":\"http://example.com\"}"
      let answer = try await harness.answer(WireRequest("POST", "/groups/g/timers", json: body))
      #expect(answer.status == 201)
      let place = try #require(answer.header("location"))
      #expect(try await harness.answer(WireRequest("GET", place)).status == 200)
    }
  }

  @Test func prefixServesSameTimers() async throws {
    try await APIHarness.run { harness in
      let answer = try await harness.answer(
        WireRequest("POST", "/api/v1/groups/g/timers", json: APIHarness.body(id: "t")))
      #expect(answer.header("location") == "/api/v1/groups/g/timers/t")
      #expect(try await harness.answer(WireRequest("GET", "/groups/g/timers/t")).status == 200)
      #expect(try await harness.answer(WireRequest("GET", "/api/v1/livez")).status == 200)
    }
  }

  @Test func headMatchesGet() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let head = try await harness.answer(WireRequest("HEAD", "/groups/g/timers/t"))
      let get = try await harness.answer(WireRequest("GET", "/groups/g/timers/t"))
      #expect(head.status == 200)
      #expect(head.header("etag") == get.header("etag"))
      #expect(head.header("content-length") == get.header("content-length"))
    }
  }

  @Test func updateChangesNamedMembers() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let change = WireRequest(
        "PUT", "/groups/g/timers/t", headers: [("if-match", "\"1\"")],
        json: "{\"executeAt\": \"2026-11-23T16:00:00+01:00\"}")
      let answer = try await harness.answer(change)
      #expect(answer.status == 200)
      #expect(answer.header("etag") == "\"2\"")
      #expect(answer.text.contains("\"executeAt\":\"2026-11-23T15:00:00.000Z\""))
      #expect(answer.text.contains("\"payload\":{\"n\": 1}"))
      // The same again is there already; anything else comes too late.
      #expect(try await harness.answer(change).status == 200)
      let late = try await harness.answer(
        WireRequest(
          "PUT", "/groups/g/timers/t", headers: [("if-match", "\"1\"")],
          json: "{\"executeAt\": \"2026-11-23T17:00:00+01:00\"}"))
      #expect(late.status == 412)
      #expect(late.header("etag") == "\"2\"")
    }
  }

  @Test func emptyUpdateChangesNothing() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let answer = try await harness.answer(WireRequest("PUT", "/groups/g/timers/t", json: "{}"))
      #expect(answer.status == 200)
      #expect(answer.header("etag") == "\"1\"")
    }
  }

  @Test(arguments: [
    ("\"1\"", 204), ("*", 204), ("\"7\", \"1\"", 204), ("\"7\"", 412), ("W/\"1\"", 412), ("\"x\"", 412),
    ("1", 400), ("", 400), ("\"1", 400),
  ])
  func ifMatchIsComparedStrictly(value: String, status: Int) async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let request = WireRequest("DELETE", "/groups/g/timers/t", headers: [("if-match", value)])
      #expect(try await harness.answer(request).status == status)
    }
  }

  @Test func cancelIsIdempotent() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      for _ in 0..<2 {
        let answer = try await harness.answer(WireRequest("DELETE", "/groups/g/timers/t"))
        #expect(answer.status == 204)
        #expect(answer.header("content-length") == nil)
        #expect(answer.body.isEmpty)
      }
      let read = try await harness.answer(WireRequest("GET", "/groups/g/timers/t"))
      #expect(read.text.contains("\"status\":\"cancelled\""))
      let update = try await harness.answer(WireRequest("PUT", "/groups/g/timers/t", json: "{\"payload\":2}"))
      #expect(update.status == 409)
      #expect(update.text.contains("cancelled"))
    }
  }

  @Test func deliveringTimerRejectsChanges() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      harness.clock.advance(by: .seconds(60))
      _ = try #require(await harness.claim("t"))
      let read = try await harness.answer(WireRequest("GET", "/groups/g/timers/t"))
      #expect(read.text.contains("\"status\":\"delivering\""))
      for request in [
        WireRequest("DELETE", "/groups/g/timers/t"),
        WireRequest("PUT", "/groups/g/timers/t", json: "{\"payload\":2}"),
      ] {
        let answer = try await harness.answer(request)
        #expect(answer.status == 409)
        #expect(answer.text.contains("urn:timerd:problem:not-scheduled"))
        #expect(answer.text.contains("delivering"))
      }
    }
  }

  @Test func deliveredTimerShowsOutcome() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      harness.clock.advance(by: .milliseconds(60_007))
      let timer = try #require(await harness.claim("t"))
      let attempt = AttemptRecord(
        number: 1, startedAt: harness.clock.now().store, durationMilliseconds: 12, result: .delivered,
        statusCode: 204, node: NodeID("n"))
      let settlement = Settlement(key: timer.key, fence: timer.fence, ending: .delivered, attempt: attempt)
      #expect(await harness.store.settle([settlement]) == [.settled])
      let answer = try await harness.answer(WireRequest("GET", "/groups/g/timers/t"))
      for part in [
        "\"status\":\"delivered\"", "\"attempts\":1", "\"latenessMilliseconds\":7",
        "\"executedAt\":\"2026-11-23T15:31:00.007Z\"", "\"statusCode\":204", "\"durationMilliseconds\":12",
      ] {
        #expect(answer.text.contains(part), "\(part)")
      }
    }
  }

  @Test func timelineShowsAttempts() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      harness.clock.advance(by: .milliseconds(60_007))
      let timer = try #require(await harness.claim("t"))
      let delivering = try await harness.answer(WireRequest("GET", "/groups/g/timers/t/attempts"))
      #expect(delivering.text.contains("\"claim\":{\"attempt\":1,\"node\":\"n\"}"))
      let now = harness.clock.now().store
      let attempt = AttemptRecord(
        number: 1, startedAt: now, durationMilliseconds: 12, result: .failed, statusCode: 500,
        error: "status 500", node: NodeID("n"), nextAttemptAt: now + .seconds(5),
        claimedAt: now - .milliseconds(7))
      let settlement = Settlement(
        key: timer.key, fence: timer.fence, ending: .retry(at: now + .seconds(5)), attempt: attempt)
      #expect(await harness.store.settle([settlement]) == [.settled])
      let answer = try await harness.answer(WireRequest("GET", "/groups/g/timers/t/attempts"))
      let expected = """
        {"id":"t","groupId":"g","status":"scheduled","firingId":"\(timer.firingID)",\
        "createdAt":"2026-11-23T15:30:00.000Z","createdBy":{"source":"http"},\
        "executeAt":"2026-11-23T15:31:00.000Z","claims":1,\
        "attempts":[{"attempt":1,"node":"n","claimedAt":"2026-11-23T15:31:00.000Z",\
        "startedAt":"2026-11-23T15:31:00.007Z","durationMilliseconds":12,"endedAt":"2026-11-23T15:31:00.019Z",\
        "result":"failed","statusCode":500,"error":"status 500","settled":"retry",\
        "nextAttemptAt":"2026-11-23T15:31:05.007Z"}],"nextAttemptAt":"2026-11-23T15:31:05.007Z"}
        """
      #expect(answer.text == expected)
    }
  }

  @Test func unknownTimersAndMethodsAreRejected() async throws {
    try await APIHarness.run { harness in
      for method in ["GET", "DELETE"] {
        let answer = try await harness.answer(WireRequest(method, "/groups/g/timers/none"))
        #expect(answer.status == 404)
        #expect(answer.text.contains("urn:timerd:problem:timer-not-found"))
      }
      #expect(try await harness.answer(WireRequest("PUT", "/groups/g/timers/none", json: "{}")).status == 404)
      let post = try await harness.answer(WireRequest("POST", "/groups/g/timers/t", json: "{}"))
      #expect(post.status == 405)
      #expect(post.header("allow") == "GET, HEAD, PUT, PATCH, DELETE")
      #expect(post.header("content-type") == "application/problem+json")
    }
  }
}
