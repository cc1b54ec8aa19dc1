import Delivery
import TimerModel

extension BenchmarkCase {
  /// Delivery's engine, from 500 claimed timers for one receiver to their settlement; answers come in eights.
  static let stepDelivery = BenchmarkCase("step-delivery", timers: 500) {
    var world = DeliveryWorld(timers: 500)
    return { world.round() }
  }
}

/// Delivery's engine in a world where every attempt succeeds after a millisecond.
private struct DeliveryWorld {
  private var engine: DeliveryEngine
  private let claimed: [ClaimedTimer]
  private var now = Moment(
    storeMicroseconds: Sample.now.milliseconds * 1000, monotonic: MonotonicInstant(microseconds: 1 << 40))
  private var running: [DeliveryID] = []

  init(timers: Int) {
    var configuration = DeliveryConfiguration()
    // Here no time passes in which others could be delivered.
    configuration.settleGathering = .zero
    engine = DeliveryEngine(configuration: configuration, random: SystemRandomNumberGenerator())
    claimed = (0..<timers).map {
      ClaimedTimer(timer: Sample.claimed($0), shard: Sample.due($0).shard, deadline: .distantFuture)
    }
  }

  /// Returns how many timers were settled.
  mutating func round() -> Int {
    // The same claims come again: what the engine knows of the last round must be forgotten first.
    pass(microseconds: 20_000_000)
    _ = engine.step([], now: now)
    var events = [DeliveryEvent.claimed(claimed)]
    var settled = 0
    while !events.isEmpty {
      let actions = engine.step(events, now: now)
      events = []
      for action in actions {
        switch action {
        case .attempt(let id, _): running.append(id)
        case .settle(let batch):
          settled += batch.ids.count
          events.append(.settled(batch, Array(repeating: .settled, count: batch.ids.count)))
        case .announce, .recall, .grant: break
        }
      }
      pass(microseconds: 1000)
      let ended = running.prefix(8)
      events += ended.map { .attemptEnded($0, AttemptOutcome(.delivered, statusCode: 200)) }
      running.removeFirst(ended.count)
    }
    return settled
  }

  private mutating func pass(microseconds: Int64) {
    now.storeMicroseconds += microseconds
    now.monotonic.microseconds += microseconds
  }
}
