import Scheduler
import TimerModel

extension BenchmarkCase {
  /// The scheduler's engine, from the news of 500 due timers to the index without them.
  static let stepScheduler = BenchmarkCase("step-scheduler", timers: 500) {
    var world = SchedulerWorld(timers: 500)
    return { world.round() }
  }
}

/// A scheduler's engine in a world where every wish comes true at once, and no time passes.
private struct SchedulerWorld {
  private var engine = SchedulerEngine(configuration: SchedulerConfiguration(node: Sample.node))
  private let entries: [DueEntry]
  private let verdicts: [ClaimVerdict]
  private let now = Moment(
    storeMicroseconds: Sample.now.milliseconds * 1000, monotonic: MonotonicInstant(microseconds: 1 << 40))

  init(timers: Int) {
    entries = (0..<timers).map { Sample.due($0) }
    verdicts = (0..<timers).map { .claimed(Sample.claimed($0)) }
    let room = DeliveryCapacity(timers: 2048, payloadBytes: 64 << 20)
    _ = play([.shardsOwned(Array(0..<Shard.defaultCount)), .capacityGranted(room)])
  }

  /// Returns how many timers were handed to Delivery.
  mutating func round() -> Int { play([.timersDue(entries)]) }

  private mutating func play(_ first: [SchedulerEvent]) -> Int {
    var events = first
    var delivered = 0
    while !events.isEmpty {
      let actions = engine.step(events, now: now)
      events = []
      for action in actions {
        if case .deliver(let claimed) = action { delivered += claimed.count }
        if let event = answer(to: action) { events.append(event) }
      }
    }
    return delivered
  }

  private func answer(to action: SchedulerAction) -> SchedulerEvent? {
    switch action {
    case .readIndex: .indexRead(DueReply(entries: entries))
    case .claim(let attempt):
      .claimAnswered(attempt, ClaimReply(time: StoreTime(Sample.now), verdicts: verdicts))
    case .recoverClaim(let attempt): .claimRecovered(attempt, [])
    case .applyIndexChanges: .indexChangesApplied(true)
    case .addToIndex(let entries): .indexAdded(entries)
    case .probeIndex: .indexProbed(0)
    case .refill(let refill, _): .refilled(refill, .added([], indexCount: 0))
    case .sweep: .swept([])
    case .deliver(let claimed):
      .capacityGranted(
        DeliveryCapacity(timers: claimed.count, payloadBytes: claimed.reduce(0) { $0 + $1.payloadBytes }))
    case .drained: nil
    }
  }
}
