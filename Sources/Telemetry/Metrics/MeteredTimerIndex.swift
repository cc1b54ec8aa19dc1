package import TimerModel

/// A near-term index whose operations are timed and counted.
package struct MeteredTimerIndex: TimerIndex {
  private let base: any TimerIndex
  private let duration: ByLabel<IndexOperation, Durations>
  private let failures: ByLabel<IndexOperation, Count>
  private let batch: ByLabel<IndexOperation, Sizes>

  /// Creates a decorator of `base`.
  package init(_ base: any TimerIndex, _ instruments: Instruments) {
    self.base = base
    duration = instruments.durations(.indexDuration, by: IndexOperation.self)
    failures = instruments.counts(.indexFailures, by: IndexOperation.self)
    batch = instruments.sizes(.indexBatch, by: IndexOperation.self)
  }

  /// Adds entries; a timer that is already there moves to the new time.
  package func add(_ entries: [DueEntry]) async throws {
    batch[.add].record(entries.count)
    try await measure(.add) { try await base.add(entries) }
  }

  /// Reads what is due.
  package func due(in shards: [Int], through: Timestamp, limit: Int) async throws -> DueReply {
    let reply = try await measure(.due) { try await base.due(in: shards, through: through, limit: limit) }
    batch[.due].record(reply.entries.count)
    return reply
  }

  /// Removes entries; one that has moved to another time since it was read stays.
  package func remove(_ entries: [DueEntry]) async throws {
    batch[.remove].record(entries.count)
    try await measure(.remove) { try await base.remove(entries) }
  }

  /// Returns the number of entries.
  package func count(in shards: [Int]) async throws -> Int {
    try await measure(.count) { try await base.count(in: shards) }
  }

  private func measure<Value>(
    _ operation: IndexOperation, _ work: () async throws -> Value
  ) async throws -> Value {
    let start = Stopwatch()
    defer { duration[operation].record(since: start) }
    do {
      return try await work()
    } catch {
      failures[operation].add()
      throw error
    }
  }
}
