/// The durations, failures and batch sizes of a store's operations.
struct StoreMeters: Sendable {
  private let duration: ByLabel<StoreOperation, Durations>
  private let failures: ByLabel<StoreOperation, Count>
  private let batch: ByLabel<StoreOperation, Sizes>
  let purged: Count

  init(_ instruments: Instruments) {
    duration = instruments.durations(.storeDuration, by: StoreOperation.self)
    failures = instruments.counts(.storeFailures, by: StoreOperation.self)
    batch = instruments.sizes(.storeBatch, by: StoreOperation.self)
    purged = instruments.count(.purged)
  }

  /// Does `work` on `count` items, and counts it.
  func measure<Value>(
    _ operation: StoreOperation, _ count: Int? = nil, _ work: () async throws -> Value
  ) async throws -> Value {
    if let count { batch[operation].record(count) }
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
