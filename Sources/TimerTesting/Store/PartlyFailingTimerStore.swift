import Synchronization
public import TimerModel

/// A store in memory whose batches fail in part when it is told so: some of the parts that take effect as one are applied, and the
/// call throws.
public final class PartlyFailingTimerStore: ForwardingTimerStore {
  /// The store that does the rest.
  public let base: InMemoryTimerStore
  /// The parts of a batch that take effect as one.
  public let batchAtomicity: BatchAtomicity
  private let failsNext = Mutex(false)

  /// Creates an empty store; no batch fails before `failNextBatch`.
  public init(_ batchAtomicity: BatchAtomicity, clock: any NodeClock) {
    base = InMemoryTimerStore(clock: clock)
    self.batchAtomicity = batchAtomicity
  }

  /// Lets the next batch fail in part.
  public func failNextBatch() { failsNext.withLock { $0 = true } }

  /// Applies commands, or some of them.
  public func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    guard takesFailure() else { return await base.apply(commands) }
    _ = await base.apply(applied(of: commands, \.key))
    throw Self.failure
  }

  /// Claims timers, or some of them.
  public func claim(_ request: ClaimRequest) async throws -> ClaimReply {
    guard takesFailure() else { return try await base.claim(request) }
    var part = request
    part.keys = applied(of: request.keys, \.self)
    _ = try await base.claim(part)
    throw Self.failure
  }

  /// Ends claims, or some of them.
  public func settle(_ settlements: [Settlement]) async throws -> [SettleVerdict] {
    guard takesFailure() else { return await base.settle(settlements) }
    _ = await base.settle(applied(of: settlements, \.key))
    throw Self.failure
  }

  private func takesFailure() -> Bool {
    failsNext.withLock { fails in
      defer { fails = false }
      return fails
    }
  }

  private func applied<Item>(of items: [Item], _ key: (Item) -> TimerKey) -> [Item] {
    batchAtomicity.applied(of: items, shardCount: shardCount, key: key) { $0 % 2 == 0 }
  }

  private static let failure = StoreError(
    code: .unavailable, message: "the batch failed in part", outcome: .unknown)
}

extension BatchAtomicity {
  /// Returns the items that a batch which fails in part leaves applied: those of each part whose number `isApplied` accepts. Parts are
  /// numbered in the order in which they begin.
  package func applied<Item>(
    of items: [Item], shardCount: Int, key: (Item) -> TimerKey, where isApplied: (Int) -> Bool
  ) -> [Item] {
    var numbers: [String: Int] = [:]
    return items.filter { item in
      let key = key(item)
      let part =
        switch self {
        case .whole: ""
        case .perShard: "\(Shard.of(key, count: shardCount))"
        case .perTimer: "\(key.groupID)/\(key.timerID)"
        }
      let number = numbers[part] ?? numbers.count
      numbers[part] = number
      return isApplied(number)
    }
  }
}
