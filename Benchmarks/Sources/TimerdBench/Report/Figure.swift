/// One measured quantity: a value for each round.
struct Figure: Codable {
  var name: String
  var unit: String
  var values: [Double]
  /// True if less of it is better.
  var isCost: Bool

  /// The median of the rounds.
  var median: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
