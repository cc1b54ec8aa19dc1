import TimerModel

/// Decides claims and settlements of timers that are locked, before they are written.
struct ClaimDecision {
  private let now: StoreTime
  private let unreadable: Set<TimerKey>
  private var timers: [TimerKey: Timer]
  private var changedKeys: Set<TimerKey> = []
  /// The messages of the settlements that took effect, in their order.
  private(set) var messages: [OutboxMessage] = []

  init(_ found: StoredTimers) {
    now = found.now
    timers = found.timers
    unreadable = Set(found.unreadable.keys)
  }

  /// The timers whose rows must be written again, in the order of keys.
  var changed: [Timer] { changedKeys.sorted().compactMap { timers[$0] } }

  /// Claims timers in the order in which the budget is spent.
  ///
  /// - Returns: one verdict for each key of the request, in order.
  mutating func claim(_ request: ClaimRequest) -> [ClaimVerdict] {
    var budget = ClaimBudget(bytes: request.payloadBudget)
    return request.keys.map { key in
      // One that cannot be read is left alone, and holds up no other.
      guard !unreadable.contains(key) else { return .held(until: now.lease + request.lease) }
      guard var candidate = timers[key] else { return .gone }
      let verdict = candidate.claim(
        for: request.node, lease: request.lease, dueThrough: now.wall + request.claimAhead, at: now)
      guard case .claimed(let timer) = verdict else { return verdict }
      guard budget.spend(timer.definition.payload?.count ?? 0) else { return .overBudget }
      timers[key] = timer
      changedKeys.insert(key)
      return verdict
    }
  }

  /// Ends a claim.
  mutating func settle(_ settlement: Settlement) -> SettleVerdict {
    guard var timer = timers[settlement.key] else { return .lost }
    let verdict = timer.settle(settlement, at: now)
    if verdict == .settled {
      timers[settlement.key] = timer
      changedKeys.insert(settlement.key)
      messages += settlement.messages
    }
    return verdict
  }
}
