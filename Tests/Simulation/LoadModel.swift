import Delivery
import Scheduler
import TimerModel
import TimerTesting

/// One node in virtual time under a steady load: the real engines, a store and an index that answer at once or nearly so, and
/// receivers as the test has them.
final class LoadModel {
  /// Timers for one receiver, due evenly from `start` on.
  struct Load {
    var url: String
    var perSecond: Int
    var seconds: Double
    var start: Int64 = 1_000_000
    var payloadBytes = 0
  }

  /// The time that the receiver at `url` takes to answer a request that arrives at `time`, both in microseconds; nil means that it never does.
  typealias Receiver = (_ url: String, _ time: Int64) -> Int64?

  /// The microseconds that a call of the store takes.
  private static let storeTakes: Int64 = 5000
  /// The time by which a timer is announced before it is due.
  private static let lead: Int64 = 500_000
  private static let timedOut = AttemptOutcome(.failed(retryAfter: nil), error: "timed out")
  private static let delivered = AttemptOutcome(.delivered, statusCode: 200)

  private var time = VirtualTime()
  private var table = TimerTable(shardCount: 1)
  private var index = HeapIndex()
  private var scheduler: SchedulerEngine
  private var delivery: DeliveryEngine
  private var wakes = (scheduler: MonotonicInstant.distantFuture, delivery: MonotonicInstant.distantFuture)
  private let receiver: Receiver
  /// A time in which nothing of the node runs.
  private let pause: Range<Int64>?
  private let node = NodeID("node")

  /// The milliseconds from each timer's time to the start of its first attempt, in the order of these starts, by URL.
  private(set) var lateness: [String: [Int64]] = [:]
  /// The attempts that started.
  private(set) var attempts = 0
  private(set) var claims = 0
  private(set) var releases: [String?: Int] = [:]
  private var seen: Set<TimerKey> = []

  init(
    pause: Range<Int64>? = nil, configure: (inout DeliveryConfiguration) -> Void = { _ in },
    receiver: @escaping Receiver
  ) {
    self.pause = pause
    self.receiver = receiver
    scheduler = SchedulerEngine(configuration: SchedulerConfiguration(node: node))
    var configuration = DeliveryConfiguration()
    configure(&configuration)
    delivery = DeliveryEngine(configuration: configuration, random: SeededGenerator(seed: 1))
  }

  /// Plays the loads until `seconds` have passed.
  func run(_ loads: [Load], seconds: Double) {
    for (number, load) in loads.enumerated() { schedule(load, number) }
    tell(SchedulerEvent.shardsOwned([0]))
    tell(SchedulerEvent.capacityGranted(delivery.initialCapacity))
    let end = Int64(seconds * 1_000_000)
    while time.microseconds < end, let happening = time.advance() { happening() }
  }

  /// The timers that have not ended as delivered.
  var undelivered: Int { table.allTimers.count { $0.phase != .delivered } }

  private func schedule(_ load: Load, _ number: Int) {
    let step = 1_000_000 / Double(load.perSecond)
    let count = Int(Double(load.perSecond) * load.seconds)
    // Ten milliseconds' worth at a time.
    let portion = max(1, load.perSecond / 100)
    for first in stride(from: 0, to: count, by: portion) {
      let dueAt = (first..<min(first + portion, count)).map { load.start + Int64(Double($0) * step) }
      time.schedule(at: max(0, dueAt[0] - Self.lead)) { [self] in
        create(dueAt.enumerated().map { ("\(number)-\(first + $0)", $1) }, load)
      }
    }
  }

  private func create(_ timers: [(id: String, dueAt: Int64)], _ load: Load) {
    let zero = time.now.storeMicroseconds - time.microseconds
    let payload = load.payloadBytes == 0 ? nil : [UInt8](repeating: 0x31, count: load.payloadBytes)
    let commands = timers.map { timer in
      TimerCommand.create(
        CreateTimer(
          key: TimerKey(groupID: "g", timerID: timer.id),
          definition: TimerDefinition(
            executeAt: Timestamp(milliseconds: (zero + timer.dueAt) / 1000),
            destination: .http(HTTPDestination(url: load.url)), payload: payload)))
    }
    let entries = table.apply(commands, at: time.store).compactMap(\.newlyDue).map {
      DueEntry(key: $0.key, shard: 0, dueAt: $0.dueAt)
    }
    tell(SchedulerEvent.timersDue(entries))
  }

  // MARK: The node

  /// Does `body` now, or once the pause is over.
  private func atWork(_ body: @escaping () -> Void) {
    guard let pause, pause.contains(time.microseconds) else { return body() }
    time.schedule(at: pause.upperBound, body)
  }

  private func tell(_ event: SchedulerEvent?) {
    atWork { [self] in
      for action in scheduler.step(event.map { [$0] } ?? [], now: time.now) { perform(action) }
      let wake = scheduler.wakeAt
      guard wakes.scheduler != wake else { return }
      wakes.scheduler = wake
      time.schedule(at: wake) { [self] in
        if wakes.scheduler == wake { tell(SchedulerEvent?.none) }
      }
    }
  }

  private func tell(_ event: DeliveryEvent?) {
    atWork { [self] in
      for action in delivery.step(event.map { [$0] } ?? [], now: time.now) { perform(action) }
      let wake = delivery.wakeAt
      guard wakes.delivery != wake, wake < .distantFuture else { return }
      wakes.delivery = wake
      time.schedule(at: wake) { [self] in
        if wakes.delivery == wake { tell(DeliveryEvent?.none) }
      }
    }
  }

  private func perform(_ action: SchedulerAction) {
    switch action {
    case .deliver(let timers): soon { self.tell(DeliveryEvent.claimed(timers)) }
    case .readIndex(_, let through, let limit):
      soon { self.tell(.indexRead(self.index.due(through: through, limit: limit))) }
    case .claim(let attempt):
      claims += attempt.entries.count
      let request = ClaimRequest(
        keys: attempt.entries.map(\.key), node: node, lease: .seconds(45),
        claimAhead: attempt.ahead ?? .milliseconds(50), payloadBudget: attempt.payloadBudget)
      later { [self] in
        let reply = try? table.claim(request, at: time.store)
        tell(.claimAnswered(attempt, reply))
      }
    case .applyIndexChanges(let remove, let move):
      index.remove(remove)
      index.add(move)
      soon { self.tell(.indexChangesApplied(true)) }
    case .addToIndex(let entries):
      index.add(entries)
      soon { self.tell(.indexAdded(entries)) }
    case .probeIndex: soon { self.tell(.indexProbed(self.index.count)) }
    case .refill(let refill, _):
      soon { self.tell(.refilled(refill, .added([], indexCount: self.index.count))) }
    case .sweep: soon { self.tell(.swept([])) }
    case .recoverClaim, .drained: break
    }
  }

  private func perform(_ action: DeliveryAction) {
    switch action {
    case .announce(let entries): soon { self.tell(SchedulerEvent.timersDue(entries)) }
    case .recall(let entries): soon { self.tell(SchedulerEvent.recalled(entries)) }
    case .grant(let capacity): soon { self.tell(SchedulerEvent.capacityGranted(capacity)) }
    case .settle(let batch):
      for settlement in batch.settlements {
        if case .released = settlement.ending { releases[settlement.attempt?.error, default: 0] += 1 }
      }
      later { [self] in tell(.settled(batch, table.settle(batch.settlements, at: time.store))) }
    case .attempt(let id, let request): attempt(id, request)
    }
  }

  private func attempt(_ id: DeliveryID, _ request: AttemptRequest) {
    guard case .http(let http) = request.timer.definition.destination else { return }
    attempts += 1
    if seen.insert(request.timer.key).inserted {
      let late = Timestamp.millisecondsBetween(request.timer.definition.executeAt, request.startedAt)
      lateness[http.url, default: []].append(late)
    }
    let timeout = request.timeout.microseconds
    let takes = receiver(http.url, time.microseconds) ?? .max
    time.schedule(after: min(takes, timeout)) {
      self.tell(.attemptEnded(id, takes < timeout ? Self.delivered : Self.timedOut))
    }
  }

  private func soon(_ body: @escaping () -> Void) { time.schedule(after: 0, body) }

  private func later(_ body: @escaping () -> Void) { time.schedule(after: Self.storeTakes, body) }
}

extension LoadModel {
  /// The lateness of the timers for `url`: the largest, and that which one in a hundred exceeds.
  func late(_ url: String) -> (max: Int64, p99: Int64, count: Int) {
    let sorted = (lateness[url] ?? []).sorted()
    return (sorted.last ?? .max, sorted.isEmpty ? .max : sorted[sorted.count * 99 / 100], sorted.count)
  }
}
