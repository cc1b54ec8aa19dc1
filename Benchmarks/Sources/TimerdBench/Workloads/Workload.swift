/// A measurement in rounds; the rounds of all workloads take turns.
protocol Workload {
  var name: String { get }
  /// True if a round takes so long that one is enough unless more are asked for.
  var isLong: Bool { get }
  /// Measures one round.
  mutating func round(_ number: Int, _ bench: Bench) throws
}

extension Workload {
  var isLong: Bool { false }
}
