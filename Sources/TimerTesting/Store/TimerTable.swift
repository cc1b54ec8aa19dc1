public import TimerModel

/// A store as a value: every operation of `TimerStore` on dictionaries, with the time as a parameter.
///
/// The same calls in the same order give the same answers, so that simulations can be replayed.
public struct TimerTable: Sendable {
  /// The number of shards of the store that it stands for.
  public let shardCount: Int
  private var stored: [TimerKey: Timer] = [:]
  private var leases: [Int: ShardLease] = [:]
  private var nodes = NodeTable()
  private var positions: [CommandSource: LogPosition] = [:]
  /// The latest time by which timers have been purged.
  public private(set) var purgedBefore: Timestamp?
  private var outbox: [OutboxEntry] = []
  private var lastPosition: Int64 = 0

  /// Creates an empty table for a store of `shardCount` shards.
  public init(shardCount: Int) { self.shardCount = shardCount }

  /// All timers, by key.
  public var allTimers: [Timer] { stored.values.sorted { $0.key < $1.key } }

  /// The timer with `key`, void claims included.
  public func timer(_ key: TimerKey) -> Timer? { stored[key] }

  /// Applies commands in order.
  public mutating func apply(_ commands: [TimerCommand], at now: StoreTime) -> [CommandResult] {
    commands.map { command in
      let before = readableTimer(command.key, at: now)
      var timer = changeableTimer(command.key, at: now)
      let result = Timer.apply(command, to: &timer, at: now)
      write(command.messages(before: before, result), at: now)
      switch result {
      case .created, .updated, .cancelled: stored[command.key] = timer
      case .repeated, .unchanged, .rejected: break
      }
      return result
    }
  }

  /// Reads timers; a void claim is not shown.
  public func timers(_ keys: [TimerKey], at now: StoreTime) -> [Timer?] {
    keys.map { readableTimer($0, at: now) }
  }

  /// Claims timers; throws for a node that is gone.
  public mutating func claim(_ request: ClaimRequest, at now: StoreTime) throws(StoreError) -> ClaimReply {
    guard !nodes.isGone(request.node, at: now) else { throw .nodeIsGone(request.node) }
    var budget = ClaimBudget(bytes: request.payloadBudget)
    let through = now.wall + request.claimAhead
    let verdicts = request.keys.map { key -> ClaimVerdict in
      guard var timer = changeableTimer(key, at: now) else { return .gone }
      let verdict = timer.claim(for: request.node, lease: request.lease, dueThrough: through, at: now)
      guard case .claimed = verdict else { return verdict }
      guard budget.spend(timer.definition.payload?.count ?? 0) else { return .overBudget }
      stored[key] = timer
      return verdict
    }
    return ClaimReply(time: now, verdicts: verdicts)
  }

  /// Ends claims; writes the messages of the settlements that take effect.
  public mutating func settle(_ settlements: [Settlement], at now: StoreTime) -> [SettleVerdict] {
    settlements.map { settlement in
      let verdict = stored[settlement.key]?.settle(settlement, at: now) ?? .lost
      if verdict == .settled { write(settlement.messages, at: now) }
      return verdict
    }
  }

  /// Applies commands with the offset up to which their partition was read.
  public mutating func apply(
    _ batch: CommandBatch, messages: ([CommandResult]) -> [OutboxMessage], at now: StoreTime
  ) -> CommandBatchResult {
    let stored = positions[batch.source]?.offset
    guard stored == batch.expectedOffset else { return .stale(storedOffset: stored) }
    positions[batch.source] = LogPosition(
      group: batch.source.group, offset: batch.nextOffset, mark: batch.mark)
    let results = apply(batch.commands, at: now)
    write(messages(results), at: now)
    return .applied(results)
  }

  /// Reads the positions on record.
  public func positions(of sources: [CommandSource]) -> [LogPositions] {
    sources.map { source in
      let others = positions.filter { key, _ in
        key.topic == source.topic && key.partition == source.partition && key.group != source.group
      }
      return LogPositions(
        own: positions[source], other: others.values.max { ($0.offset, $0.group) < ($1.offset, $1.group) })
    }
  }

  /// Reads messages, oldest first; those of one timer in the order of its changes.
  public func outbox(_ page: OutboxPage) -> [OutboxEntry] { page.select(outbox) }

  /// Forgets messages that were published; unknown positions are passed over.
  public mutating func removeFromOutbox(_ positions: [Int64]) {
    let gone = Set(positions)
    outbox.removeAll { gone.contains($0.position) }
  }

  /// Returns the number of waiting messages.
  public func outboxCount(limit: Int) -> Int { min(outbox.count, limit) }

  /// Reads the scheduled timers of a shard, in order of due time and key.
  public func due(shard: Int, after cursor: DueEntry?, through: Timestamp, limit: Int) -> [DueEntry] {
    let entries = scheduled { $0 == shard }.filter { entry in
      entry.dueAt <= through && (cursor.map { ($0.dueAt, $0.key) < (entry.dueAt, entry.key) } ?? true)
    }
    return Array(entries.sorted { ($0.dueAt, $0.key) < ($1.dueAt, $1.key) }.prefix(limit))
  }

  /// Reads what is due before `before` and under no valid claim.
  public func overdue(shards: [Int], before: Timestamp, limit: Int, at now: StoreTime) -> [DueEntry] {
    let wanted = Set(shards)
    let gone = nodes.gone(at: now)
    let entries = scheduled { wanted.contains($0) }.filter { entry in
      guard entry.dueAt < before else { return false }
      return stored[entry.key]?.claim.map { $0.deadline <= now.lease || gone.contains($0.node) } ?? true
    }
    let order = { (a: DueEntry, b: DueEntry) in (a.shard, a.dueAt, a.key) < (b.shard, b.dueAt, b.key) }
    return Array(entries.sorted(by: order).prefix(limit))
  }

  /// Takes the leases that nobody else holds.
  public mutating func acquireLeases(
    _ shards: [Int], for node: NodeID, duration: Duration, at now: StoreTime
  ) -> [Int] {
    shards.filter { shard in
      if let lease = leases[shard], lease.node != node, lease.deadline > now.lease { return false }
      leases[shard] = ShardLease(shard: shard, node: node, deadline: now.lease + duration)
      return true
    }
  }

  /// Extends the leases of a node that have not run out.
  public mutating func renewLeases(of node: NodeID, duration: Duration, at now: StoreTime) -> [Int] {
    let held = leases.values.filter { $0.node == node && $0.deadline > now.lease }.map(\.shard).sorted()
    for shard in held { leases[shard]?.deadline = now.lease + duration }
    return held
  }

  /// Releases leases; those that `node` does not hold are left alone.
  public mutating func releaseLeases(_ shards: [Int], of node: NodeID) {
    for shard in shards where leases[shard]?.node == node { leases[shard] = nil }
  }

  /// Lists the leases that have not run out.
  public func leases(at now: StoreTime) -> [ShardLease] {
    leases.values.filter { $0.deadline > now.lease }.sorted { $0.shard < $1.shard }
  }

  /// Notes that a node lives.
  public mutating func heartbeat(_ node: NodeRecord, duration: Duration, at now: StoreTime) -> [NodeRecord] {
    nodes.heartbeat(node, duration: duration, at: now)
    return nodes.live(at: now).map(\.record)
  }

  /// Notes that a node is gone for good.
  public mutating func retire(_ node: NodeID, at now: StoreTime) {
    nodes.retire(node, at: now)
    leases = leases.filter { $0.value.node != node }
  }

  /// Lists the live nodes by id.
  public func nodes(at now: StoreTime) -> [LiveNode] { nodes.live(at: now) }

  /// Deletes timers whose life ended before `before`.
  public mutating func purge(endedBefore before: Timestamp, limit: Int) -> Int {
    let ended = allTimers.filter { $0.phase != .scheduled && $0.updatedAt < before }.prefix(limit)
    for timer in ended { stored[timer.key] = nil }
    if !ended.isEmpty { purgedBefore = max(purgedBefore ?? before, before) }
    return ended.count
  }

  private mutating func write(_ messages: [OutboxMessage], at now: StoreTime) {
    for message in messages {
      lastPosition += 1
      outbox.append(OutboxEntry(position: lastPosition, createdAt: now.wall, message: message))
    }
  }

  /// Returns the timer as readers see it: without a void claim.
  private func readableTimer(_ key: TimerKey, at now: StoreTime) -> Timer? {
    var timer = stored[key]
    timer?.discardExpiredClaim(at: now)
    if let claim = timer?.claim, nodes.isGone(claim.node, at: now) { timer?.claim = nil }
    return timer
  }

  /// Returns the timer for a change: a claim whose node is gone is recorded in its history.
  private func changeableTimer(_ key: TimerKey, at now: StoreTime) -> Timer? {
    var timer = stored[key]
    if let claim = timer?.claim, nodes.isGone(claim.node, at: now) {
      timer?.recordLostClaim(of: claim.node, at: now.wall)
    }
    return timer
  }

  private func scheduled(in isWanted: (Int) -> Bool) -> [DueEntry] {
    stored.values.compactMap { timer in
      let shard = Shard.of(timer.key, count: shardCount)
      guard timer.phase == .scheduled, isWanted(shard) else { return nil }
      return DueEntry(key: timer.key, shard: shard, dueAt: timer.dueAt)
    }
  }
}
