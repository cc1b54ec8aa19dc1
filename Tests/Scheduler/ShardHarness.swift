import NodeRuntime
import Scheduler
import TimerModel
import TimerTesting

/// Several engines that share the shards of one store, in virtual time; a store answers at once, or not at all.
struct ShardHarness {
  struct Node {
    var engine: ShardEngine
    var isPaused = false
    var owned: [Int] = []
    var leaseExpiresAt = MonotonicInstant.distantPast
    var inbox: [ShardEvent] = []
  }

  let shardCount: Int
  private(set) var nodes: [String: Node] = [:]
  private(set) var now: Moment
  private(set) var table: TimerTable
  var isStoreAway = false
  /// The number of shards that changed hands in the last step.
  private(set) var released = 0

  /// The clocks begin `startedAt` microseconds after a whole millisecond.
  init(shardCount: Int, startedAt: Int64 = 0) {
    self.shardCount = shardCount
    now = Moment(
      storeMicroseconds: 1_800_000_000_000_000 + startedAt,
      monotonic: MonotonicInstant(microseconds: startedAt))
    table = TimerTable(shardCount: shardCount)
  }

  private var time: StoreTime {
    StoreTime(wall: now.store, lease: Timestamp(milliseconds: now.monotonic.microseconds / 1000))
  }

  mutating func start(_ name: String) {
    let configuration = ShardConfiguration(node: NodeID(name), shardCount: shardCount)
    nodes[name] = Node(engine: ShardEngine(configuration: configuration))
  }

  mutating func kill(_ name: String) { nodes[name] = nil }
  mutating func pause(_ name: String) { nodes[name]?.isPaused = true }
  mutating func resume(_ name: String) { nodes[name]?.isPaused = false }
  mutating func tell(_ name: String, _ event: ShardEvent) { nodes[name]?.inbox.append(event) }

  func owned(_ name: String) -> [Int] { nodes[name]?.owned ?? [] }

  /// True if every shard is owned, and none twice.
  var isPartition: Bool { nodes.values.flatMap(\.owned).sorted() == Array(0..<shardCount) }

  /// Lets time pass in steps of 100 ms.
  mutating func pass(_ duration: Duration) {
    for _ in 0..<(duration.microseconds / 100_000) {
      now.monotonic = now.monotonic + .milliseconds(100)
      now.storeMicroseconds += 100_000
      for name in nodes.keys.sorted() { step(name) }
    }
  }

  private mutating func step(_ name: String) {
    guard var node = nodes[name], !node.isPaused else { return }
    repeat {
      let events = node.inbox
      node.inbox = []
      guard !events.isEmpty || node.engine.wakeAt <= now.monotonic else {
        break
      }
      guard !node.engine.isFinished else { break }
      for action in node.engine.step(events, now: now) { perform(action, by: NodeID(name), &node) }
    } while !node.inbox.isEmpty
    nodes[name] = node
  }

  private mutating func perform(_ action: ShardAction, by id: NodeID, _ node: inout Node) {
    let lease = Duration.seconds(7)
    switch action {
    case .own(let shards): node.owned = shards
    case .leaseExtended(let until): node.leaseExpiresAt = until
    case .survey(let isRenewal, let isDraining):
      guard !isStoreAway else { return node.inbox.append(.surveyed(nil)) }
      if isRenewal {
        let record = NodeRecord(id: id, startedAt: now.store, version: "1", isDraining: isDraining)
        _ = table.heartbeat(record, duration: lease, at: time)
        _ = table.renewLeases(of: id, duration: lease, at: time)
      }
      node.inbox.append(
        .surveyed(
          ShardSurvey(
            sentAt: now.monotonic, isRenewal: isRenewal,
            nodes: table.nodes(at: time).map(\.record), leases: table.leases(at: time))))
    case .acquire(let shards):
      let held = isStoreAway ? nil : table.acquireLeases(shards, for: id, duration: lease, at: time)
      node.inbox.append(.acquired(held, sentAt: now.monotonic))
    case .release(let shards):
      released += shards.count
      if !isStoreAway { table.releaseLeases(shards, of: id) }
      node.inbox.append(.released(!isStoreAway))
    case .retire:
      if !isStoreAway { table.retire(id, at: time) }
      node.inbox.append(.retired(!isStoreAway))
    }
  }
}
