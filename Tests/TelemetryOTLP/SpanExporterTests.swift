import CurlClient
import Logging
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing
import TimerTesting

@testable import TelemetryOTLP

@Suite struct SpanExporterTests {
  private let registry = MetricsRegistry(version: "1")

  private func exporter(to url: String, _ more: [String: String] = [:]) throws -> SpanExporter {
    let configuration = try TracingConfiguration(
      environment: ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "1"]
        .merging(more) { $1 }, node: "n", version: "1")
    return try #require(
      SpanExporter(
        configuration: configuration, version: "1", instruments: Instruments(registry),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  }

  private func counts(_ lines: String...) -> Bool {
    let text = String(decoding: registry.exposition(.text), as: UTF8.self)
    return lines.allSatisfy { text.contains($0 + "\n") }
  }

  private func run(_ exporter: SpanExporter, _ work: @escaping @Sendable () async throws -> Void) async throws
  {
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [exporter], logger: Logger(label: "test")))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await work()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  @Test(.timeLimit(.minutes(1))) func failedBatchIsResent() async throws {
    let collector = try await HTTPReceiver.start(first: [503, 429])
    let exporter = try exporter(to: collector.url)
    try await run(exporter) {
      exporter.spans.begin("a", .internal)?.end()
      await collector.wait { $0.count == 3 }
    }
    #expect(Set(collector.callbacks.map(\.body)).count == 1)
    #expect(counts("timerd_spans_exported_total 1", "timerd_spans_dropped_total{reason=\"export_failed\"} 0"))
    try await collector.stop()
  }

  @Test(.timeLimit(.minutes(1))) func refusedBatchIsDropped() async throws {
    let collector = try await HTTPReceiver.start(first: [400])
    let exporter = try exporter(to: collector.url)
    try await run(exporter) {
      exporter.spans.begin("a", .internal)?.end()
      await collector.wait { $0.count == 1 }
      exporter.spans.begin("b", .internal)?.end()
      await collector.wait { $0.count == 2 }
    }
    #expect(counts("timerd_spans_exported_total 1", "timerd_spans_dropped_total{reason=\"export_failed\"} 1"))
    try await collector.stop()
  }

  @Test(.timeLimit(.minutes(1))) func shutdownSendsQueuedSpans() async throws {
    let collector = try await HTTPReceiver.start(first: [503])
    let exporter = try exporter(
      to: collector.url,
      ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2", "OTEL_BSP_SCHEDULE_DELAY": "600000"])
    try await run(exporter) {
      for _ in 0..<7 { exporter.spans.begin("a", .internal)?.end() }
      await collector.wait { !$0.isEmpty }
    }
    #expect(counts("timerd_spans_exported_total 7"))
    #expect(collector.callbacks.count == 5)
    try await collector.stop()
  }

  @Test func retryDelaysGrowAndFollowCollector() throws {
    var random = SeededGenerator(seed: 1)
    func waits(_ answers: [Result<CurlResponse, CurlError>]) -> [Duration?] {
      var retry = ExportRetry()
      return answers.map { retry.delay(after: $0, using: &random) }
    }
    func answer(_ status: Int, _ retryAfter: String? = nil) -> Result<CurlResponse, CurlError> {
      .success(CurlResponse(status: status, retryAfter: retryAfter))
    }
    let growing = waits([answer(429), answer(502), answer(503), answer(504), answer(503)])
    for (place, bound) in [1000, 2000, 4000, 8000].enumerated() {
      let wait = try #require(growing[place])
      #expect((.milliseconds(bound / 2)...(.milliseconds(bound))).contains(wait))
    }
    #expect(growing[4] == nil)
    for status in [400, 401, 404, 413, 500, 501] { #expect(waits([answer(status)]) == [nil], "\(status)") }
    #expect(waits([answer(503, " 7\r\n")]) == [.seconds(7)])
    #expect(waits([answer(503, "5.5")]) == [.milliseconds(5500)])
    for text in [
      "86400", "1e300", "inf", "nan", "9223372036854775808", "", "x", String(repeating: "9", count: 100_000),
    ] {
      #expect(waits([answer(503, text)]) == [ExportRetry.longestDelay], "\(text.prefix(20))")
    }
    for text in ["-1", "-inf", "0"] {
      let wait = try #require(waits([answer(503, text)])[0])
      #expect(wait <= .seconds(1))
    }
    #expect(waits([answer(503, "Sun, 06 Nov 2094 08:49:37 GMT")]) == [ExportRetry.longestDelay])
  }
}
