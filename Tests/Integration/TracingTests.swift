import Foundation
import TestSupport
import Testing

extension ProcessTests {
  /// Spans of a real node at a real collector, and a node without the collector that it was told of.
  @Suite(.serialized) struct TracingTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(.timeLimit(.minutes(1)))
    func firingTraceLinksToCreatingRequest() async throws {
      let collector = try await OTLPCollector.start()
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess(environment: [
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_SERVICE_NAME": "timers-of-a-test",
      ])
      try service.start()
      try Self.create("t", url: receiver.url, on: service)
      await receiver.wait { !$0.isEmpty }
      let headers = try #require(receiver.callbacks.first?.headers)
      let firing = try #require(headers["webhook-id"])
      let traceparent = try #require(headers["traceparent"])
      #expect(traceparent.hasPrefix("00-\(firing)-") && traceparent.hasSuffix("-01"))
      let attempt = try #require(traceparent.split(separator: "-").dropFirst(2).first.map(String.init))
      let spans = try await CollectedSpan.all(in: collector) { spans in
        ["POST /groups/{groupId}/timers", "create timer", "apply commands", "claim timer", "POST"]
          .allSatisfy { name in spans.contains { $0.name == name } }
      }
      let request = try #require(spans.first { $0.name == "POST /groups/{groupId}/timers" })
      #expect(request.trace == "0af7651916cd43dd8448eb211c80319c" && request.parent == "b7ad6b7169203331")
      let command = try #require(spans.first { $0.name == "create timer" })
      #expect(command.trace == request.trace && command.parent == request.id)
      let claim = try #require(spans.first { $0.name == "claim timer" })
      #expect(claim.trace == firing && claim.parent.isEmpty && claim.text.contains(request.id))
      let delivery = try #require(spans.first { $0.name == "POST" })
      #expect(delivery.trace == firing && delivery.parent == claim.id && delivery.id == attempt)
      #expect(delivery.text.contains(request.id) && delivery.text.contains("http.response.status_code"))
      let batch = try #require(spans.first { $0.name == "apply commands" })
      #expect(batch.trace != firing && batch.text.contains(request.id))
      #expect(collector.log.contains("timers-of-a-test"))
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func collectorOutageDropsOnlySpans() async throws {
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess(environment: [
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(LocalPort.free())",
        "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_MAX_QUEUE_SIZE": "8",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "8",
      ])
      try service.start()
      let client = try TimerClient(service)
      for number in 0..<40 {
        try client.create("t\(number)", executeAt: WallClock.milliseconds(), url: receiver.url)
      }
      await receiver.wait { $0.count == 40 }
      var dropped = 0
      let areCounted = try await poll {
        let answer = try WireConnection(port: service.port).answer(to: WireRequest("GET", "/metrics"))
        let lines = answer.text.split(separator: "\n")
        #expect(lines.contains("timerd_spans_exported_total 0"))
        dropped = lines.filter { $0.hasPrefix("timerd_spans_dropped_total{") }
          .reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
        // Two spans at least for each request, one for each claim, one for each attempt; but for those that wait, and those of
        // the batch that is being tried again.
        return dropped >= 160 - 16
      }
      #expect(areCounted, "\(dropped)")
      #expect(service.stop() == 0)
      #expect(receiver.callbacks.count == 40)
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func traceContextSurvivesWithoutCollector() async throws {
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess()
      try service.start()
      try Self.create("t", url: receiver.url, on: service)
      await receiver.wait { !$0.isEmpty }
      let connection = try WireConnection(port: service.port)
      let timeline = try connection.answer(to: WireRequest("GET", "/groups/g/timers/t/attempts")).text
      #expect(timeline.contains("\"traceparent\":\"\(Self.traceparent)\""))
      let metrics = try connection.answer(to: WireRequest("GET", "/metrics")).text
      #expect(metrics.contains("timerd_spans_dropped_total{reason=\"queue_full\"} 0\n"))
      #expect(service.stop() == 0)
      try await receiver.stop()
    }

    private static func create(_ id: String, url: String, on service: ServiceProcess) throws {
      let body = "{\"id\":\"\(id)\",\"executeAt\":\"2026-01-01T00:00:00Z\",\"callbackUrl\":\"\(url)\"}"
      let request = WireRequest(
        "POST", "/groups/g/timers", headers: [("traceparent", traceparent)], json: body)
      let answer = try WireConnection(port: service.port).answer(to: request)
      #expect(answer.status == 201)
    }
  }
}
