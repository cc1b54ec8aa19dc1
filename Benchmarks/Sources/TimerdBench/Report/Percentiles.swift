/// Exact percentiles: all values are kept, since a run has some hundred thousand of them.
struct Percentiles {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  /// The smallest value that at least `fraction` of all do not exceed.
  func at(_ fraction: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, max(0, Int((Double(sorted.count) * fraction).rounded(.up)) - 1))]
  }

  var highest: Double { sorted.last ?? .nan }

  /// The values that a report shows, each with its name.
  var shown: [(name: String, value: Double)] {
    [("p50", at(0.5)), ("p99", at(0.99)), ("p99.9", at(0.999)), ("max", highest)]
  }
}
