import Testing
import TimerModel

extension StoreHarness {
  func partialBatchesAreRepeatable() async throws {
    guard let failNextBatch else {
      #expect(store.batchAtomicity == .whole)
      return
    }
    let keys = (0..<40).map { key("t\($0)") }
    let creations = keys.map { TimerCommand.create(CreateTimer(key: $0, definition: definition())) }
    let created = try await partly(keys, failNextBatch, { _ in true }) {
      _ = try await store.apply(creations)
    }
    for (result, wasCreated) in zip(try await store.apply(creations), created) {
      if case .created = result { #expect(!wasCreated) } else { #expect(wasCreated) }
    }

    let request = ClaimRequest(keys: keys, node: node, lease: .seconds(10), claimAhead: .zero)
    let claimed = try await partly(keys, failNextBatch, { $0.claim != nil }) {
      _ = try await store.claim(request)
    }
    for (verdict, wasClaimed) in zip(try await store.claim(request).verdicts, claimed) {
      if case .claimed = verdict { #expect(!wasClaimed) } else { #expect(wasClaimed) }
    }

    let settlements = try await store.timers(keys).compactMap(\.self).map { timer in
      Settlement(key: timer.key, fence: timer.fence, ending: .delivered, attempt: record(of: timer))
    }
    let settled = try await partly(keys, failNextBatch, { $0.phase == .delivered }) {
      _ = try await store.settle(settlements)
    }
    #expect(try await store.settle(settlements) == settled.map { $0 ? .lost : .settled })
    let timers = try await store.timers(keys).compactMap(\.self)
    #expect(
      timers.count == keys.count && timers.allSatisfy { $0.phase == .delivered && $0.attempts.count == 1 })
  }

  /// Lets `batch` fail in part; returns for each timer whether the batch took effect on it, and checks that it did so by parts that are
  /// atomic.
  private func partly(
    _ keys: [TimerKey], _ failNextBatch: @Sendable () -> Void, _ isApplied: (Timer) -> Bool,
    _ batch: () async throws -> Void
  ) async throws -> [Bool] {
    failNextBatch()
    do {
      try await batch()
      Issue.record("the batch did not fail")
    } catch let error as StoreError {
      #expect(error.outcome == .unknown && error.isRetriable)
    }
    let applied = try await store.timers(keys).map { $0.map(isApplied) ?? false }
    switch store.batchAtomicity {
    case .whole: #expect(Set(applied).count == 1)
    case .perShard:
      let shards = Dictionary(grouping: zip(keys, applied)) { Shard.of($0.0, count: store.shardCount) }
      #expect(shards.values.allSatisfy { Set($0.map(\.1)).count == 1 })
    case .perTimer: break
    }
    // A failure of all items or of none would show nothing of the parts.
    if store.batchAtomicity != .whole { #expect(Set(applied) == [true, false]) }
    return applied
  }

  private func record(of timer: Timer) -> AttemptRecord {
    AttemptRecord(
      number: timer.attempt, startedAt: now, durationMilliseconds: 5, result: .delivered, statusCode: 200)
  }
}
