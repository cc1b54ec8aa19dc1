import Delivery
import Scheduler
import TimerModel
import TimerTesting

// How nodes share the shards.
extension Simulation {
  private static let shardLease = Duration.seconds(7)

  func tell(_ node: SimulatedNode, _ event: ShardEvent?) {
    guard node.isAlive else { return }
    for action in node.shards.step(event.map { [$0] } ?? [], now: time.now) { perform(action, node) }
    let wake = node.shards.wakeAt
    node.shardsWake = wake
    guard wake < .distantFuture else { return }
    time.schedule(at: wake) { [self] in
      if node.shardsWake == wake { tell(node, Optional<ShardEvent>.none) }
    }
  }

  private func perform(_ action: ShardAction, _ node: SimulatedNode) {
    let sentAt = time.now.monotonic
    switch action {
    case .own(let shards): time.schedule(after: 0) { self.tell(node, SchedulerEvent.shardsOwned(shards)) }
    case .leaseExtended(let until):
      time.schedule(after: 0) {
        self.tell(node, SchedulerEvent.leaseExtended(until: until))
        self.tell(node, DeliveryEvent.leaseExtended(until: until))
      }
    case .survey(let isRenewal, let isDraining):
      let record = NodeRecord(id: node.id, startedAt: time.now.store, version: "1", isDraining: isDraining)
      useStore({ table, now in
        if isRenewal {
          _ = table.heartbeat(record, duration: Self.shardLease, at: now)
          _ = table.renewLeases(of: record.id, duration: Self.shardLease, at: now)
        }
        return ShardSurvey(
          sentAt: sentAt, isRenewal: isRenewal, nodes: table.nodes(at: now).map(\.record),
          leases: table.leases(at: now))
      }) { self.tell(node, .surveyed($0)) }
    case .acquire(let shards):
      useStore({ $0.acquireLeases(shards, for: node.id, duration: Self.shardLease, at: $1) }) {
        self.tell(node, .acquired($0, sentAt: sentAt))
      }
    case .release(let shards):
      useStore({ table, _ in table.releaseLeases(shards, of: node.id) }) {
        self.tell(node, .released($0 != nil))
      }
    case .retire: useStore({ $0.retire(node.id, at: $1) }) { self.tell(node, .retired($0 != nil)) }
    }
  }
}
