/// A measurement in rounds; the rounds of all workloads take turns.
protocol Workload {
  var name: String { get }
  /// Measures one round.
  mutating func round(_ number: Int, _ bench: Bench) throws
}
