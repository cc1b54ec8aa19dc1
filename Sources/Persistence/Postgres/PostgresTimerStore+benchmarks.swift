package import TimerModel

// What benchmarks measure of a batch without a server: that its arrays are built.
extension PostgresTimerStore {
  /// Builds the statement of a batch of creations; says how many bytes its parameters have.
  package static func insertionBytes(_ creates: [CreateTimer]) -> Int {
    insertion(creates, at: .int8(nil), shardCount: Shard.defaultCount).parameterBytes
  }

  /// Builds the statement that ends claims; says how many bytes its parameters have.
  package static func settlingBytes(_ settlements: [Settlement]) -> Int {
    settling(settlements, at: .int8(nil)).query.parameterBytes
  }
}

extension PostgresQuery {
  fileprivate var parameterBytes: Int { parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) } }
}
