/// A metric as the catalogue declares it: its name, what it says, and every label value it can ever have, so that the number
/// of time series is known before the first one is written.
package struct Metric: Hashable, Sendable {
  /// The type of a metric, with its buckets if it has any.
  package enum Kind: Hashable, Sendable {
    /// Grows only, from 0 at the start of the process.
    case counter
    /// Grows only; counted in nanoseconds and shown in seconds.
    case secondsCounter
    /// Goes up and down.
    case gauge
    /// Is always 1; what it says is in its labels.
    case info
    /// Durations, counted in buckets whose upper bounds are given in seconds.
    case durations([Double])
    /// Numbers of things, counted in buckets whose upper bounds are given.
    case sizes([Double])
  }

  /// A label with all its values.
  package struct Label: Hashable, Sendable {
    package var name: String
    /// Its values; there are no others.
    package var values: [String]

    package init(name: String, values: [String]) {
      self.name = name
      self.values = values
    }

    init<Value: MetricLabel>(_ type: Value.Type) {
      self.init(name: Value.labelName, values: Value.allCases.map(\.rawValue))
    }
  }

  /// Its name, units last.
  package let name: String
  package let kind: Kind
  /// The help text, one sentence.
  package let help: String
  /// The labels by which it is broken down.
  package let labels: [Label]

  package init(_ name: String, _ kind: Kind, _ help: String, by labels: [Label] = []) {
    self.name = name
    self.kind = kind
    self.help = help
    self.labels = labels
  }

  /// The values of its labels, for each of its series.
  package var series: [[String]] {
    labels.reduce([[]]) { series, label in
      series.flatMap { values in label.values.map { values + [$0] } }
    }
  }

  /// The factor from the unit counted inside to the unit shown: durations are counted in nanoseconds.
  var scale: Double {
    switch kind {
    case .secondsCounter, .durations: 1e-9
    case .counter, .gauge, .info, .sizes: 1
    }
  }

  /// Upper bounds of requests to this service and to others, in seconds.
  static let requestBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
  /// Upper bounds of what a store or an index does, in seconds.
  static let operationBounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Upper bounds of lateness, from a millisecond to an hour, in seconds.
  static let latenessBounds = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600,
  ]
  /// Upper bounds of batches, in items.
  static let batchBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
}
