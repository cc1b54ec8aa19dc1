import CoreMetrics
import Telemetry
import Testing

@Suite struct ExpositionTests {
  private static let metrics = [
    Metric("timerd_a_total", .counter, "A.", by: [Metric.Label(name: "k", values: ["x", "y\"z"])]),
    Metric("timerd_b", .gauge, "B."), Metric("timerd_c_seconds", .durations([0.5, 1]), "C."),
    Metric("timerd_d", .sizes([2]), "D."), Metric("timerd_e_total", .secondsCounter, "E."),
    Metric("timerd_f_info", .info, "F.", by: [Metric.Label(name: "version", values: ["1"])]),
  ]

  private static func counted() -> MetricsRegistry {
    let registry = MetricsRegistry(metrics: metrics)
    registry.makeCounter(label: "timerd_a_total", dimensions: [("k", "x")]).increment(by: 3)
    registry.makeMeter(label: "timerd_b", dimensions: []).set(2.5)
    let durations = registry.makeTimer(label: "timerd_c_seconds", dimensions: [])
    for nanoseconds: Int64 in [500_000_000, 600_000_000, 2_000_000_000] {
      durations.recordNanoseconds(nanoseconds)
    }
    registry.makeRecorder(label: "timerd_d", dimensions: [], aggregate: true).record(Int64(2))
    registry.makeCounter(label: "timerd_e_total", dimensions: []).increment(by: 1_500_000_000)
    return registry
  }

  @Test func textMatchesPrometheusFormat() {
    let expected = """
      # HELP timerd_a_total A.
      # TYPE timerd_a_total counter
      timerd_a_total{k="x"} 3
      timerd_a_total{k="y\\"z"} 0
      # HELP timerd_b B.
      # TYPE timerd_b gauge
      timerd_b 2.5
      # HELP timerd_c_seconds C.
      # TYPE timerd_c_seconds histogram
      timerd_c_seconds_bucket{le="0.5"} 1
      timerd_c_seconds_bucket{le="1.0"} 2
      timerd_c_seconds_bucket{le="+Inf"} 3
      timerd_c_seconds_sum 3.1
      timerd_c_seconds_count 3
      # HELP timerd_d D.
      # TYPE timerd_d histogram
      timerd_d_bucket{le="2.0"} 1
      timerd_d_bucket{le="+Inf"} 1
      timerd_d_sum 2
      timerd_d_count 1
      # HELP timerd_e_total E.
      # TYPE timerd_e_total counter
      timerd_e_total 1.5
      # HELP timerd_f_info F.
      # TYPE timerd_f_info gauge
      timerd_f_info{version="1"} 1

      """
    #expect(String(decoding: Self.counted().exposition(.text), as: UTF8.self) == expected)
  }

  @Test func openMetricsFamiliesHaveNoSuffix() {
    let text = String(decoding: Self.counted().exposition(.openMetrics), as: UTF8.self)
    #expect(text.hasPrefix("# HELP timerd_a A.\n# TYPE timerd_a counter\ntimerd_a_total{k=\"x\"} 3\n"))
    #expect(text.contains("# TYPE timerd_f info\ntimerd_f_info{version=\"1\"} 1\n"))
    #expect(text.hasSuffix("\n# EOF\n"))
  }

  @Test(arguments: [
    (nil, ExpositionFormat.text), ("*/*", .text), ("text/plain", .text),
    ("application/openmetrics-text", .openMetrics),
    (
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
    ),
    ("application/openmetrics-text; q=0.2, text/plain; q=0.9", .text),
    ("application/openmetrics-text;q=0", .text),
  ])
  func acceptHeaderChoosesFormat(accept: String?, format: ExpositionFormat) {
    #expect(ExpositionFormat(accept: accept) == format)
  }

  @Test func gaugesAreReadAtExposition() {
    let registry = MetricsRegistry(metrics: Self.metrics)
    let gauge = registry.makeMeter(label: "timerd_b", dimensions: [])
    registry.onScrape { gauge.increment(by: 2) }
    for expected in ["timerd_b 2\n", "timerd_b 4\n"] {
      #expect(String(decoding: registry.exposition(.text), as: UTF8.self).contains(expected))
    }
  }

  @Test func unknownMetricsEndTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = MetricsRegistry(version: "1").makeCounter(label: "timerd_orders_total", dimensions: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = MetricsRegistry(version: "1").makeCounter(
        label: "timerd_timers_created_total", dimensions: [("source", "orders")])
    }
    await #expect(processExitsWith: .failure) {
      _ = MetricsRegistry(version: "1").makeCounter(
        label: "timerd_timers_created_total", dimensions: [("group", "http")])
    }
  }
}
