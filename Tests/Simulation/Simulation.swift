import Delivery
import Scheduler
import TimerModel
import TimerTesting

/// The real engines in virtual time, against a store, an index and receivers that go wrong as the seed says.
///
/// In half of the runs all nodes believe that they own all shards, which is the worst that leases can do to them; in the others
/// they share them.
final class Simulation {
  static let shardCount = 4
  static let commandsEnd: Int64 = 20_000_000
  static let faultsEnd: Int64 = 25_000_000
  static let end: Int64 = 240_000_000

  let seed: UInt64
  var random: SeededGenerator
  var faults: Faults
  let hadFaults: Bool
  let sharesShards: Bool
  let batchAtomicity: BatchAtomicity
  var time = VirtualTime()
  var table = TimerTable(shardCount: shardCount)
  var index = SimulatedIndex()
  var nodes: [SimulatedNode] = []
  var history = History()
  private var nodesStarted = 0

  init(seed: UInt64) {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    faults = Faults(seed: seed, using: &random)
    hadFaults = seed % 4 != 0
    sharesShards = seed / 4 % 2 == 0
    batchAtomicity = random.pick(BatchAtomicity.allCases)
  }

  /// Plays the whole run and returns what broke a promise.
  func run() -> [String] {
    for _ in 0..<Int.random(in: 1...3, using: &random) { startNode() }
    scheduleClients()
    scheduleFaults()
    while time.microseconds < Self.end, let happening = time.advance() {
      happening()
      if isOver { break }
    }
    return PromiseChecker(simulation: self).violations()
  }

  /// True if all commands are given and all timers have come to their end.
  private var isOver: Bool {
    time.microseconds > Self.faultsEnd && table.allTimers.allSatisfy { $0.phase != .scheduled }
  }

  // MARK: Nodes

  func startNode() {
    nodesStarted += 1
    let node = SimulatedNode(
      number: nodesStarted, seed: random.next(), payloadBytes: hadFaults ? 2000 : 10_000,
      shardCount: Self.shardCount)
    nodes.append(node)
    if sharesShards {
      tell(node, SchedulerEvent.leaseExtended(until: .distantPast))
      tell(node, Optional<ShardEvent>.none)
    } else {
      tell(node, .shardsOwned(Array(0..<Self.shardCount)))
    }
    tell(node, .capacityGranted(node.delivery.initialCapacity))
  }

  func tell(_ node: SimulatedNode, _ event: SchedulerEvent?) {
    guard node.isAlive else { return }
    for action in node.scheduler.step(event.map { [$0] } ?? [], now: time.now) { perform(action, node) }
    let wake = node.scheduler.wakeAt
    node.schedulerWake = wake
    time.schedule(at: wake) { [self] in
      if node.schedulerWake == wake { tell(node, Optional<SchedulerEvent>.none) }
    }
  }

  func tell(_ node: SimulatedNode, _ event: DeliveryEvent?) {
    guard node.isAlive else { return }
    for action in node.delivery.step(event.map { [$0] } ?? [], now: time.now) { perform(action, node) }
    let wake = node.delivery.wakeAt
    node.deliveryWake = wake
    guard wake < .distantFuture else { return }
    time.schedule(at: wake) { [self] in
      if node.deliveryWake == wake { tell(node, Optional<DeliveryEvent>.none) }
    }
  }

  // MARK: What engines want

  private func perform(_ action: SchedulerAction, _ node: SimulatedNode) {
    switch action {
    case .deliver(let timers): soon { self.tell(node, .claimed(timers)) }
    case .drained: break
    case .readIndex(let shards, let through, let limit):
      useIndex({ $0.due(in: shards, through: through, limit: limit) }) { self.tell(node, .indexRead($0)) }
    case .claim(let attempt):
      let request = ClaimRequest(
        keys: attempt.entries.map(\.key), node: node.id, lease: .seconds(8),
        claimAhead: attempt.ahead ?? .milliseconds(50),
        payloadBudget: attempt.payloadBudget)
      // A node that is gone looks like any other failure of the store.
      useStore(
        forBatch: request.keys, key: \.self,
        { table, keys, now in
          var part = request
          part.keys = keys
          return try? table.claim(part, at: now)
        },
        { self.tell(node, .claimAnswered(attempt, $0 ?? nil)) })
    case .recoverClaim(let attempt):
      useStore({ $0.timers(attempt.entries.map(\.key), at: $1).compactMap(\.self) }) {
        self.tell(node, .claimRecovered(attempt, $0))
      }
    case .applyIndexChanges(let remove, let move):
      useIndex({ (index: inout SimulatedIndex) -> Void in
        index.remove(remove)
        index.add(move)
      }) { self.tell(node, .indexChangesApplied($0 != nil)) }
    case .addToIndex(let entries):
      addToIndex(entries) { self.tell(node, .indexAdded($0 ? entries : nil)) }
    case .probeIndex:
      useIndex({ $0.count }) { self.tell(node, .indexProbed($0)) }
    case .refill(let refill, _):
      useStore({ table, _ in
        table.due(shard: refill.shard, after: refill.cursor, through: refill.through, limit: refill.limit)
      }) { page in
        guard let page else { return self.tell(node, .refilled(refill, .storeFailed)) }
        self.addToIndex(page) { added in
          let result = added ? RefillResult.added(page, indexCount: self.index.count) : .indexFailed
          self.tell(node, .refilled(refill, result))
        }
      }
    case .sweep(let shards, let before, let limit):
      useStore({ $0.overdue(shards: shards, before: before, limit: limit, at: $1) }) {
        self.tell(node, .swept($0))
      }
    }
  }

  private func perform(_ action: DeliveryAction, _ node: SimulatedNode) {
    switch action {
    case .announce(let entries): soon { self.tell(node, .timersDue(entries)) }
    case .recall(let entries): soon { self.tell(node, .recalled(entries)) }
    case .grant(let capacity): soon { self.tell(node, .capacityGranted(capacity)) }
    case .settle(let batch):
      useStore(
        forBatch: batch.settlements, key: \.key, { $0.settle($1, at: $2) },
        { self.tell(node, .settled(batch, $0)) })
    case .attempt(let id, let request):
      attempt(request, by: node) { self.tell(node, .attemptEnded(id, $0)) }
    }
  }

  /// In the same instant, but after the step that asked for it.
  private func soon(_ body: @escaping () -> Void) { time.schedule(after: 0, body) }

  // MARK: Store and index

  func useStore<Reply>(
    _ operation: @escaping (inout TimerTable, StoreTime) -> Reply, _ then: @escaping (Reply?) -> Void
  ) {
    let stall: Int64 = random.happens(faults.storeStalls) ? 3_000_000 : 0
    let there = Int64.random(in: 50...2000, using: &random) + stall
    let back = Int64.random(in: 50...2000, using: &random)
    let fails = random.happens(faults.storeFails)
    let isLost = random.happens(faults.storeReplyLost)
    time.schedule(after: there) { [self] in
      let reply = fails ? nil : operation(&table, time.store)
      time.schedule(after: back) { then(isLost ? nil : reply) }
    }
  }

  /// The same for a batch, which the store may apply in part; then the reply is lost.
  private func useStore<Item, Reply>(
    forBatch items: [Item], key: @escaping (Item) -> TimerKey,
    _ operation: @escaping (inout TimerTable, [Item], StoreTime) -> Reply, _ then: @escaping (Reply?) -> Void
  ) {
    guard random.happens(faults.storeAppliesPart) else {
      return useStore({ operation(&$0, items, $1) }, then)
    }
    let choice = random.next()
    useStore({ [self] table, now in
      let part = batchAtomicity.applied(of: items, shardCount: Self.shardCount, key: key) {
        choice >> ($0 % 64) & 1 == 1
      }
      if !part.isEmpty, part.count < items.count { history.partialBatches += 1 }
      _ = operation(&table, part, now)
    }) { _ in then(nil) }
  }

  private func addToIndex(_ entries: [DueEntry], _ then: @escaping (Bool) -> Void) {
    let kept = entries.filter { _ in !random.happens(faults.indexLoses) }
    useIndex({ (index: inout SimulatedIndex) -> Void in index.add(kept) }) { then($0 != nil) }
  }

  private func useIndex<Reply>(
    _ operation: @escaping (inout SimulatedIndex) -> Reply, _ then: @escaping (Reply?) -> Void
  ) {
    let delay = Int64.random(in: 10...500, using: &random)
    let fails = random.happens(faults.indexFails)
    time.schedule(after: delay) { [self] in then(fails ? nil : operation(&index)) }
  }
}
