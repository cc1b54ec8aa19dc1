import Telemetry
import Testing
import TimerModel
import TimerTesting
import Tracing

@testable import TelemetryOTLP

@Suite struct SpanTracerTests {
  private let registry = MetricsRegistry(version: "1")
  private let trace = FiringID(high: 1, low: 2)

  private func queue(limit: Int = 100) -> SpanQueue {
    SpanQueue(limit: limit, batch: 100, instruments: Instruments(registry))
  }

  private func spans(_ queue: SpanQueue, _ sampler: SpanSampler = SpanSampler()) -> Spans {
    Spans(SpanTracer(sampler: sampler, queue: queue))
  }

  @Test func disabledTracingMakesNoSpans() {
    #expect(!Spans.off.isOn && Spans.off.begin("a", .internal) == nil)
  }

  @Test func childJoinsTraceOfPlannedParent() throws {
    let queue = queue()
    let spans = spans(queue)
    let planned = SpanContext(traceID: trace, spanID: 7, isSampled: false)
    let first = try #require(spans.begin("first", .internal, origin: .planned(planned), startedAt: 5))
    let part = try #require(spans.begin("part", .client, parent: first.context))
    part.end()
    part.end()
    first.end()
    let finished = queue.dequeueBatch().spans
    #expect(finished.map(\.name) == ["part", "first"])
    #expect(finished.map(\.context.traceID) == [trace, trace])
    #expect(finished[0].parent == 7 && finished[1].context.spanID == 7 && finished[1].parent == nil)
    #expect(finished[1].start == 5)
  }

  @Test func claimAndAttemptShareSampling() throws {
    let half = try #require(SpanSampler.named("traceidratio", ratio: 0.5))
    var sampled = 0
    for _ in 0..<1000 {
      let fence = ClaimFence(firingID: .random(), claimNumber: 3)
      let queue = queue()
      let spans = spans(queue, half)
      spans.begin("claim", .internal, origin: .planned(.claim(fence)))?.end()
      spans.begin("attempt", .client, origin: .part(of: .claim(fence)))?.end()
      let finished = queue.dequeueBatch().spans
      #expect([0, 2].contains(finished.count))
      guard finished.count == 2 else { continue }
      sampled += 1
      #expect(finished[1].parent == finished[0].context.spanID)
    }
    #expect((400...600).contains(sampled))
  }

  @Test func unsampledParentSuppressesChildren() throws {
    let parent = SpanContext(traceID: trace, spanID: 1, isSampled: false)
    #expect(spans(queue()).begin("a", .server, parent: parent) == nil)
    let always = try #require(SpanSampler.named("always_on", ratio: 1))
    #expect(spans(queue(), always).begin("a", .server, parent: parent) != nil)
  }

  @Test func rateLimitSamplesWholeTraces() {
    let sampler = AdaptiveSampler(limit: 100)
    var random = SeededGenerator(seed: 1)
    let traces = (0..<1000).map { _ in FiringID.random(using: &random) }
    #expect(traces.filter { sampler.shouldSample($0, atSecond: 1) }.count == 100)
    // From then on by the trace's id: the attempt as the claim was.
    let claims = traces.filter { sampler.shouldSample($0, atSecond: 2) }
    #expect((60...100).contains(claims.count))
    #expect(claims == traces.filter { sampler.shouldSample($0, atSecond: 3) })
    // Little to do, and all is recorded again.
    _ = sampler.shouldSample(traces[0], atSecond: 4)
    #expect(traces.prefix(100).allSatisfy { sampler.shouldSample($0, atSecond: 5) })
  }

  @Test func unrecordedRequestHasNoChildren() async throws {
    let queue = queue()
    let spans = Spans(SpanTracer(sampler: SpanSampler(), queue: queue), shouldSample: { _ in false })
    #expect(spans.begin("request", .server) == nil)
    await Spans.withoutTracing { #expect(Spans.isTracingSuppressed && Spans.current == nil) }
    #expect(!Spans.isTracingSuppressed)
  }

  @Test func fullQueueCountsDroppedSpans() {
    let queue = queue(limit: 2)
    let spans = spans(queue)
    for _ in 0..<5 { spans.begin("a", .internal)?.end() }
    #expect(queue.dequeueBatch().spans.count == 2)
    let text = String(decoding: registry.exposition(.text), as: UTF8.self)
    #expect(text.contains("timerd_spans_dropped_total{reason=\"queue_full\"} 3\n"))
  }

  /// Taken apart by hand with the field numbers of opentelemetry-proto 1.0.
  @Test func requestMatchesProtocol() throws {
    let queue = queue()
    let planned = SpanContext(traceID: trace, spanID: 7, isSampled: true)
    let span = try #require(spans(queue).begin("a", .server, origin: .planned(planned), startedAt: 1))
    span.setAttribute("k", 300)
    span.link(SpanContext(traceID: FiringID(high: 3, low: 4), spanID: 5, isSampled: true))
    span.fail("no")
    span.end()
    let bytes = OTLPRequest(resource: [("s", "t")], version: "1").bytes(queue.dequeueBatch().spans)
    let id = [UInt8](repeating: 0, count: 7)
    let parts: [[UInt8]] = [
      [0x0a, 0x10] + id + [1] + id + [2], [0x12, 0x08] + id + [7], [0x2a, 0x01, 0x61, 0x30, 0x02, 0x39, 1],
      [0x4a, 0x08, 0x0a, 0x01, 0x6b, 0x12, 0x03, 0x18, 0xac, 0x02],
      [0x6a, 0x1c, 0x0a, 0x10] + id + [3] + id + [4, 0x12, 0x08] + id + [5],
      [0x7a, 0x06, 0x12, 0x02, 0x6e, 0x6f, 0x18, 0x02], [0x85, 0x01, 1, 0, 0, 0],
    ]
    for part in parts { #expect(bytes.firstRange(of: part) != nil, "\(part)") }
  }
}
