import CoreMetrics
import NodeRuntime

/// Gives features their instruments: each is made once, kept, and costs nanoseconds to use.
package struct Instruments: Sendable {
  private let factory: any MetricsFactory
  private let registry: MetricsRegistry?

  /// Creates instruments that write to `registry`.
  package init(_ registry: MetricsRegistry) {
    factory = registry
    self.registry = registry
  }

  private init() {
    factory = NOOPMetricsHandler.instance
    registry = nil
  }

  /// Instruments that nobody reads.
  package static let off = Instruments()

  /// Calls `read` before the metrics are shown, to set gauges whose value is known elsewhere. It must be quick and not block.
  package func onScrape(_ read: @escaping @Sendable () -> Void) { registry?.onScrape(read) }

  /// The counter of a metric without labels.
  package func count(_ metric: Metric) -> Count { count(metric, []) }

  /// The counters of a metric with one label.
  package func counts<A: MetricLabel>(_ metric: Metric, by: A.Type) -> ByLabel<A, Count> {
    ByLabel { count(metric, [$0]) }
  }

  /// The counters of a metric with two labels.
  package func counts<A: MetricLabel, B: MetricLabel>(
    _ metric: Metric, by: A.Type, and: B.Type
  ) -> ByLabel<A, ByLabel<B, Count>> {
    ByLabel { first in ByLabel { count(metric, [first, $0]) } }
  }

  /// The counters of a metric with three labels.
  package func counts<A: MetricLabel, B: MetricLabel, C: MetricLabel>(
    _ metric: Metric, by: A.Type, _: B.Type, _: C.Type
  ) -> ByLabel<A, ByLabel<B, ByLabel<C, Count>>> {
    ByLabel { first in ByLabel { second in ByLabel { count(metric, [first, second, $0]) } } }
  }

  /// The gauge of a metric without labels.
  package func gauge(_ metric: Metric) -> Gauge { Gauge(meter: meter(metric, [])) }

  /// The gauges of a metric with one label.
  package func gauges<A: MetricLabel>(_ metric: Metric, by: A.Type) -> ByLabel<A, Gauge> {
    ByLabel { Gauge(meter: meter(metric, [$0])) }
  }

  /// The histogram of durations of a metric without labels.
  package func durations(_ metric: Metric) -> Durations { durations(metric, []) }

  /// The histograms of durations of a metric with one label.
  package func durations<A: MetricLabel>(_ metric: Metric, by: A.Type) -> ByLabel<A, Durations> {
    ByLabel { durations(metric, [$0]) }
  }

  /// The histogram of sizes of a metric without labels.
  package func sizes(_ metric: Metric) -> Sizes { sizes(metric, []) }

  /// The histograms of sizes of a metric with one label.
  package func sizes<A: MetricLabel>(_ metric: Metric, by: A.Type) -> ByLabel<A, Sizes> {
    ByLabel { sizes(metric, [$0]) }
  }

  private func dimensions(_ metric: Metric, _ values: [any MetricLabel]) -> [(String, String)] {
    zip(metric.labels, values).map { ($0.name, $1.rawValue) }
  }

  private func count(_ metric: Metric, _ values: [any MetricLabel]) -> Count {
    Count(
      counter: Counter(label: metric.name, dimensions: dimensions(metric, values), factory: factory))
  }

  private func meter(_ metric: Metric, _ values: [any MetricLabel]) -> Meter {
    Meter(label: metric.name, dimensions: dimensions(metric, values), factory: factory)
  }

  private func durations(_ metric: Metric, _ values: [any MetricLabel]) -> Durations {
    Durations(
      timer: CoreMetrics.Timer(
        label: metric.name, dimensions: dimensions(metric, values), factory: factory))
  }

  private func sizes(_ metric: Metric, _ values: [any MetricLabel]) -> Sizes {
    Sizes(
      recorder: Recorder(
        label: metric.name, dimensions: dimensions(metric, values), aggregate: true, factory: factory))
  }
}

/// One instrument for each value of a label.
package struct ByLabel<Value: MetricLabel, Instrument: Sendable>: Sendable {
  private let instruments: [Value: Instrument]

  init(_ make: (Value) -> Instrument) {
    instruments = Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0, make($0)) })
  }

  /// The instrument of a value; every value has had one from the start.
  package subscript(value: Value) -> Instrument {
    guard let instrument = instruments[value] else {
      preconditionFailure("every value of a label has its instrument")
    }
    return instrument
  }
}

/// Counts what happened, from the start of the process.
package struct Count: Sendable {
  let counter: Counter

  /// Counts `amount` more events; one unless told otherwise.
  package func add(_ amount: Int = 1) { counter.increment(by: amount) }
}

/// Shows how much there is.
package struct Gauge: Sendable {
  let meter: Meter

  /// Shows `value` from now on.
  package func set(_ value: Double) { meter.set(value) }

  /// Shows `value` from now on.
  package func set(_ value: Int) { meter.set(Double(value)) }

  /// Shows `amount` more, or less.
  package func add(_ amount: Int) { meter.increment(by: Double(amount)) }
}

/// Counts durations by their length.
package struct Durations: Sendable {
  let timer: CoreMetrics.Timer

  /// Counts one; a negative one counts as none.
  package func record(nanoseconds: Int64) { timer.recordNanoseconds(max(0, nanoseconds)) }

  /// Counts the time since `start`.
  package func record(since start: Stopwatch) { record(nanoseconds: start.nanoseconds) }
}

/// Counts numbers of things by their size.
package struct Sizes: Sendable {
  let recorder: Recorder

  /// Counts one thing of the given size.
  package func record(_ size: Int) { recorder.record(size) }
}

/// Remembers when it was made, on the monotonic clock.
package struct Stopwatch: Sendable {
  private let start = SystemClock.monotonicNanoseconds()

  package init() {}

  /// The time since then.
  package var nanoseconds: Int64 { SystemClock.monotonicNanoseconds() - start }
}
