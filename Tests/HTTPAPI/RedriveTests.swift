import Telemetry
import TestSupport
import Testing
import TimerModel
import TimerTesting

/// Calls that go on with the firing that a timer has.
@Suite struct RedriveTests {
  private static let path = "/groups/g/timers/t"

  private func post(
    _ verb: String, json: String? = nil, ifMatch: String? = nil, _ harness: APIHarness
  ) async throws -> WireAnswer {
    let headers = ifMatch.map { [(name: "if-match", value: $0)] } ?? []
    return try await harness.answer(
      WireRequest("POST", "\(Self.path)/\(verb)", headers: headers, body: json.map { Array($0.utf8) }))
  }

  @Test func firedTimerIsDueAtOnce() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      #expect(try await post("fire", ifMatch: "\"2\"", harness).status == 412)
      let requests: [(json: String?, ifMatch: String?)] = [(nil, "\"1\""), ("{}", nil), (" {} ", "\"1\"")]
      for (json, ifMatch) in requests {
        let answer = try await post("fire", json: json, ifMatch: ifMatch, harness)
        #expect(answer.status == 200 && answer.header("etag") == "\"2\"")
        #expect(answer.text.contains("\"executeAt\":\"2026-11-23T15:30:00.000Z\""))
        #expect(answer.text.contains("\"nextAttemptAt\":\"2026-11-23T15:30:00.000Z\""))
      }
      // A repeated creation is compared with what it asked for.
      #expect(try await harness.create("t").status == 200)
      let shards = Array(0..<harness.store.shardCount)
      let later = harness.clock.now().store + .milliseconds(1)
      #expect(await harness.store.overdue(shards: shards, before: later, limit: 9).count == 1)
      // Nobody who has the timer as it was is told that it still is so.
      let read = WireRequest("GET", Self.path, headers: [("if-none-match", "\"1\"")])
      #expect(try await harness.answer(read).status == 200)
      _ = try #require(await harness.claim("t"))
      let late = try await post("fire", harness)
      #expect(late.status == 409 && late.text.contains("urn:timerd:problem:not-scheduled"))
    }
  }

  @Test func endedTimerIsNotFired() async throws {
    try await APIHarness.run { harness in
      _ = try #require(await harness.createDead("t"))
      let answer = try await post("fire", harness)
      #expect(answer.status == 409 && answer.text.contains("The timer is dead"))
    }
  }

  @Test func redrivenTimerKeepsItsFiring() async throws {
    try await APIHarness.run { harness in
      let dead = try #require(await harness.createDead("t"))
      harness.clock.advance(by: .seconds(90))
      #expect(try await post("redrive", ifMatch: "\"2\"", harness).status == 412)
      let answer = try await post("redrive", ifMatch: "\"1\"", harness)
      #expect(answer.status == 200 && answer.header("etag") == "\"2\"")
      for part in [
        "\"status\":\"scheduled\"", "\"executeAt\":\"2026-11-23T15:31:30.000Z\"", "\"attempts\":0",
        "\"attemptHistory\":[{\"attempt\":1,",
      ] {
        #expect(answer.text.contains(part), "\(part)")
      }
      #expect(!answer.text.contains("executedAt") && !answer.text.contains("latenessMilliseconds"))
      let again = try await post("redrive", harness)
      #expect(again.status == 409 && again.text.contains("urn:timerd:problem:not-dead"))
      #expect(again.text.contains("The timer is scheduled; only a dead timer can be redriven."))
      #expect(try await harness.createDue("t").status == 200)
      let claimed = try #require(await harness.claim("t"))
      #expect(claimed.firingID == dead.firingID && claimed.attempt == 1 && claimed.claimNumber == 2)
    }
  }

  @Test func redriveTakesTimeAndPolicy() async throws {
    try await APIHarness.run { harness in
      _ = try #require(await harness.createDead("t"))
      let body = "{\"executeAt\": \"2026-11-23T16:00:00Z\", \"retryPolicy\": {\"maxAttempts\": 3}}"
      let answer = try await post("redrive", json: body, harness)
      #expect(answer.status == 200 && answer.text.contains("\"maxAttempts\":3"))
      #expect(answer.text.contains("\"nextAttemptAt\":\"2026-11-23T16:00:00.000Z\""))
      #expect(answer.text.contains("\"payload\":{\"n\": 1}"))
    }
  }

  @Test func chunkedBodiesAreRead() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let chunked = WireRequest(
        "POST", "\(Self.path)/fire", headers: [("transfer-encoding", "chunked")],
        json: "8\r\n{\"a\": 1}\r\n0\r\n\r\n")
      let answer = try await harness.answer(chunked)
      #expect(answer.status == 422 && answer.text.contains("#/a"))
    }
  }

  @Test func requestsAreCounted() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      _ = try await post("fire", harness)
      _ = try await post("redrive", harness)
      _ = try await post("redrive", json: "{\"executeAt\": 1}", harness)
      for line in [
        "timerd_http_requests_total{operation=\"fire\",status=\"2xx\"} 1",
        "timerd_http_requests_total{operation=\"redrive\",status=\"4xx\"} 2",
        "timerd_timers_updated_total{source=\"http\"} 1",
        "timerd_commands_refused_total{source=\"http\",reason=\"not_dead\"} 1",
        "timerd_commands_refused_total{source=\"http\",reason=\"invalid\"} 1",
      ] {
        // A command is counted once it is answered.
        try await eventually(line) {
          String(decoding: harness.metrics.exposition(.text), as: UTF8.self).contains(line + "\n")
        }
      }
    }
  }
}
