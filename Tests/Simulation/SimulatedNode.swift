import Delivery
import Scheduler
import TimerModel
import TimerTesting

/// One run of a node: the real engines, and what its death leaves behind.
final class SimulatedNode {
  let id: NodeID
  var scheduler: SchedulerEngine
  var delivery: DeliveryEngine
  var shards: ShardEngine
  var isAlive = true
  /// The time at which its engines must be stepped again; a later request replaces it.
  var schedulerWake = MonotonicInstant.distantFuture
  var deliveryWake = MonotonicInstant.distantFuture
  var shardsWake = MonotonicInstant.distantFuture

  init(number: Int, seed: UInt64, payloadBytes: Int, shardCount: Int) {
    id = NodeID("node-\(number)")
    shards = ShardEngine(configuration: ShardConfiguration(node: id, shardCount: shardCount))
    var scheduling = SchedulerConfiguration(node: id)
    scheduling.indexReadInterval = .seconds(1)
    scheduling.claimLease = .seconds(8)
    scheduling.claimBatch = 20
    scheduling.refillPage = 7
    scheduling.indexLimit = 25
    scheduling.horizon = .seconds(20)
    scheduler = SchedulerEngine(configuration: scheduling)
    var delivering = DeliveryConfiguration()
    delivering.maxInFlight = 16
    delivering.maxInFlightPerOrigin = 4
    delivering.maxHeldPayloadBytes = payloadBytes
    delivering.attemptTimeout = .seconds(2)
    delivering.settleBatch = 5
    delivering.queueing.maxInFlight = 4
    delivering.queueing.timeout = .seconds(3)
    delivery = DeliveryEngine(configuration: delivering, random: SeededGenerator(seed: seed))
  }
}
