import HTTPAPI
import TestSupport
import Testing
import TimerModel

/// Metrics and health, on the API's port and on one of their own.
@Suite struct AdministrationTests {
  @Test func metricsFollowAcceptHeader() async throws {
    try await APIHarness.run { harness in
      _ = try await harness.create("t")
      let text = try await harness.answer(WireRequest("GET", "/metrics"))
      #expect(text.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      #expect(text.text.contains("timerd_timers_created_total{source=\"http\"} 1\n"))
      #expect(text.text.contains("timerd_http_requests_total{operation=\"create\",status=\"2xx\"} 1\n"))
      #expect(text.text.contains("timerd_build_info{version=\"test\"} 1\n"))
      let accept = [(name: "accept", value: "application/openmetrics-text; version=1.0.0")]
      let open = try await harness.answer(WireRequest("GET", "/metrics", headers: accept))
      #expect(
        open.header("content-type") == "application/openmetrics-text; version=1.0.0; charset=utf-8")
      #expect(open.text.hasSuffix("# EOF\n"))
    }
  }

  @Test func administrationPortIsSeparate() async throws {
    let port = LocalPort.free()
    try await APIHarness.run(configure: {
      $0.administration = HTTPAPI.Address(host: "127.0.0.1", port: port)
    }) { harness in
      for path in ["/metrics", "/livez", "/readyz"] {
        let request = WireRequest("GET", path)
        let statuses = (
          try await harness.answer(request).status, try await request.answer(from: port).status
        )
        #expect(statuses == (404, 200), "\(path)")
      }
      let created = try await harness.create("t")
      #expect(created.status == 201)
      let timer = try await WireRequest("GET", "/groups/g/timers/t").answer(from: port)
      #expect(timer.status == 404)
    }
  }

  @Test func readinessShowsConditionAndLastError() async throws {
    try await APIHarness.run { harness in
      func ready() async throws -> (status: Int, text: String) {
        let answer = try await harness.answer(WireRequest("GET", "/readyz?verbose"))
        return (answer.status, answer.text)
      }
      harness.health.set(HealthReport(.ok, latency: .milliseconds(2)))
      #expect(try await ready() == (200, "ok\nstore ok 2ms\n"))
      harness.health.set(HealthReport(.degraded, detail: "slow", latency: .milliseconds(900)))
      #expect(try await ready() == (200, "degraded\nstore degraded 900ms slow\n"))
      harness.health.set(HealthReport(.down, detail: "away"))
      #expect(try await ready() == (503, "down\nstore down away\n"))
      harness.health.set(HealthReport(.ok, latency: .milliseconds(2)))
      let after = try await ready()
      #expect(after.status == 200)
      #expect(after.text.wholeMatch(of: /ok\nstore ok 2ms \([0-9a-z]+ ago: away\)\n/) != nil, "\(after.text)")
    }
  }
}
