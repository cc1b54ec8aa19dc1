import Scheduler
import TimerModel
import TimerTesting

/// Several nodes' schedulers in virtual time on one store and one index, which fails, forgets or hangs as the test has it.
final class IndexLossModel {
  /// The faults of the index.
  enum Trouble: CaseIterable {
    /// It is gone for eight seconds and comes back empty; the nodes notice one after the other.
    case killed
    /// It forgets everything, four times.
    case flushed
    /// One shard is evicted, four times.
    case evicted
    /// It does not answer for three seconds.
    case hung
  }

  private static let shardCount = 6
  private static let perSecond = 40
  private static let seconds = 18
  /// The time from the creation of a timer to its due time.
  private static let lead: Int64 = 3_000_000
  private static let start: Int64 = 4_000_000

  private final class Node {
    let id: NodeID
    var engine: SchedulerEngine
    var wake = MonotonicInstant.distantFuture
    let shards: [Int]
    /// The number of times each shard was forgotten.
    var forgotten: [Int]
    let noticesAfter: Int64

    init(number: Int) {
      id = NodeID("node-\(number)")
      var configuration = SchedulerConfiguration(node: id)
      configuration.indexReadInterval = .seconds(1)
      engine = SchedulerEngine(configuration: configuration)
      shards = (0..<shardCount).filter { $0 % 3 == number }
      forgotten = Array(repeating: 0, count: shardCount)
      noticesAfter = Int64(number) * 700_000
    }
  }

  private var time = VirtualTime()
  private var table = TimerTable(shardCount: shardCount)
  private var index = (0..<shardCount).map { _ in HeapIndex() }
  private var forgotten = Array(repeating: 0, count: shardCount)
  private var downUntil: Int64 = 0
  private var hangsUntil: Int64 = 0
  private let nodes = (0..<3).map { Node(number: $0) }

  /// The lateness of each timer when it was handed over, in milliseconds.
  private(set) var latenesses: [TimerKey: Int64] = [:]
  private(set) var copies = 0

  static let count = perSecond * seconds

  func run(_ trouble: Trouble) {
    for node in nodes {
      tell(node, .shardsOwned(node.shards))
      tell(node, .capacityGranted(DeliveryCapacity(timers: 1000, payloadBytes: 1 << 20)))
    }
    for number in 0..<Self.count {
      let dueAt = Self.start + Int64(number) * 1_000_000 / Int64(Self.perSecond)
      time.schedule(at: dueAt - Self.lead) { [self] in create(number, dueAt: dueAt) }
    }
    schedule(trouble)
    let end = Self.start + Int64(Self.seconds + 8) * 1_000_000
    while time.microseconds < end, let happening = time.advance() { happening() }
  }

  private func schedule(_ trouble: Trouble) {
    switch trouble {
    case .killed:
      time.schedule(at: Self.start + 3_000_000) { [self] in
        forget(Array(0..<Self.shardCount))
        downUntil = time.microseconds + 8_000_000
      }
    case .hung:
      time.schedule(at: Self.start + 3_000_000) { [self] in
        hangsUntil = time.microseconds + 3_000_000
      }
    case .flushed, .evicted:
      let shards = trouble == .flushed ? Array(0..<Self.shardCount) : [2]
      for round in 0..<4 {
        time.schedule(at: Self.start + 2_000_000 + Int64(round) * 4_001_000) { [self] in forget(shards) }
      }
    }
  }

  private func forget(_ shards: [Int]) {
    for shard in shards {
      index[shard] = HeapIndex()
      forgotten[shard] += 1
    }
  }

  private func create(_ number: Int, dueAt: Int64) {
    let zero = time.now.storeMicroseconds - time.microseconds
    let create = CreateTimer(
      key: TimerKey(groupID: "g", timerID: "t\(number)"),
      definition: TimerDefinition(
        executeAt: Timestamp(milliseconds: (zero + dueAt) / 1000),
        destination: .http(HTTPDestination(url: "http://r/"))))
    guard let timer = table.apply([.create(create)], at: time.store)[0].newlyDue else { return }
    let entry = DueEntry(
      key: timer.key, shard: Shard.of(timer.key, count: Self.shardCount), dueAt: timer.dueAt)
    time.schedule(after: 200) { [self] in tell(nodes[number % nodes.count], .timersDue([entry])) }
  }

  private func tell(_ node: Node, _ event: SchedulerEvent?) {
    for action in node.engine.step(event.map { [$0] } ?? [], now: time.now) { perform(action, node) }
    let wake = node.engine.wakeAt
    node.wake = wake
    time.schedule(at: wake) { [self] in if node.wake == wake { tell(node, nil) } }
  }

  private func perform(_ action: SchedulerAction, _ node: Node) {
    switch action {
    case .deliver(let timers): take(timers, node)
    case .readIndex(let shards, let through, let limit):
      useIndex(node, looksAt: shards, { $0.read(shards, through, limit) }) { self.tell(node, .indexRead($0)) }
    case .probeIndex(let shards):
      useIndex(node, looksAt: shards, { $0.size(of: shards) }) { self.tell(node, .indexProbed($0)) }
    case .applyIndexChanges(let remove, let move):
      useIndex(
        node,
        { (model: IndexLossModel) -> Void in
          model.change(remove, by: { $0.remove([$1]) })
          model.change(move, by: { $0.add([$1]) })
        }
      ) { self.tell(node, .indexChangesApplied($0 != nil)) }
    case .addToIndex(let entries):
      useIndex(node, { (model: IndexLossModel) -> Void in model.change(entries, by: { $0.add([$1]) }) }) {
        self.tell(node, .indexAdded($0 == nil ? nil : entries))
      }
    case .claim(let attempt):
      let request = ClaimRequest(
        keys: attempt.entries.map(\.key), node: node.id, lease: .seconds(45),
        claimAhead: attempt.ahead ?? .milliseconds(50), payloadBudget: attempt.payloadBudget)
      useStore({ try? $0.claim(request, at: $1) }) { self.tell(node, .claimAnswered(attempt, $0)) }
    case .recoverClaim(let attempt):
      useStore({ $0.timers(attempt.entries.map(\.key), at: $1).compactMap(\.self) }) {
        self.tell(node, .claimRecovered(attempt, $0))
      }
    case .refill(let refill, let shards):
      useStore({ table, _ in
        table.due(shard: refill.shard, after: refill.cursor, through: refill.through, limit: refill.limit)
      }) { page in
        self.useIndex(
          node, looksAt: shards,
          { (model: IndexLossModel) -> Int in
            model.change(page, by: { $0.add([$1]) })
            return model.size(of: shards)
          }
        ) { count in
          self.tell(node, .refilled(refill, count.map { .added(page, indexCount: $0) } ?? .indexFailed))
        }
      }
    case .sweep(let shards, let before, let limit):
      useStore({ $0.overdue(shards: shards, before: before, limit: limit, at: $1) }) {
        self.tell(node, .swept($0))
      }
    case .drained: break
    }
  }

  private func take(_ timers: [ClaimedTimer], _ node: Node) {
    for claimed in timers {
      let late = Timestamp.millisecondsBetween(claimed.timer.dueAt, time.now.store)
      if latenesses.updateValue(max(0, late), forKey: claimed.timer.key) != nil { copies += 1 }
    }
    let room = DeliveryCapacity(timers: timers.count, payloadBytes: timers.reduce(0) { $0 + $1.payloadBytes })
    time.schedule(after: 0) { [self] in tell(node, .capacityGranted(room)) }
  }

  private func useStore<Reply>(
    _ operation: @escaping (inout TimerTable, StoreTime) -> Reply, _ then: @escaping (Reply) -> Void
  ) {
    time.schedule(after: 1000) { [self] in
      let reply = operation(&table, time.store)
      time.schedule(after: 1000) { then(reply) }
    }
  }

  /// An operation that looks at shards fails once after they were forgotten, and wipes them, as the adapter does.
  private func useIndex<Reply>(
    _ node: Node, looksAt shards: [Int] = [], _ operation: @escaping (IndexLossModel) -> Reply,
    _ then: @escaping (Reply?) -> Void
  ) {
    let now = time.microseconds
    if now < hangsUntil { return time.schedule(after: 500_000) { then(nil) } }
    let isDown = now < downUntil + (downUntil == 0 ? 0 : node.noticesAfter)
    time.schedule(after: 300) { [self] in
      guard !isDown else { return then(nil) }
      let lost = shards.filter { node.forgotten[$0] != forgotten[$0] }
      for shard in lost {
        index[shard] = HeapIndex()
        node.forgotten[shard] = forgotten[shard]
      }
      then(lost.isEmpty ? operation(self) : nil)
    }
  }

  private func read(_ shards: [Int], _ through: Timestamp, _ limit: Int) -> DueReply {
    var reply = DueReply(entries: [])
    for shard in shards {
      let part = index[shard].due(through: through, limit: limit)
      reply.entries += part.entries
      reply.nextDueAt.merge(part.nextDueAt, uniquingKeysWith: min)
    }
    reply.entries.sort { $0.dueAt < $1.dueAt }
    return reply
  }

  private func size(of shards: [Int]) -> Int { shards.reduce(0) { $0 + index[$1].count } }

  private func change(_ entries: [DueEntry], by body: (inout HeapIndex, DueEntry) -> Void) {
    for entry in entries { body(&index[entry.shard], entry) }
  }
}
