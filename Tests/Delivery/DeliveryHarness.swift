import Delivery
import TimerModel
import TimerTesting

/// Delivery's engine with a clock in hand, and what it has wanted so far.
struct DeliveryHarness {
  private(set) var engine: DeliveryEngine
  private(set) var now = Moment(
    storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))
  private(set) var running: [(id: DeliveryID, request: AttemptRequest)] = []
  private(set) var started: [String] = []
  private(set) var settling: [SettleBatch] = []
  private(set) var announced: [DueEntry] = []
  private(set) var recalled: [DueEntry] = []
  private(set) var granted = DeliveryCapacity(timers: 0, payloadBytes: 0)
  private var created = 0

  init(configure: (inout DeliveryConfiguration) -> Void = { _ in }) {
    var configuration = DeliveryConfiguration()
    // `SettlementsTests` is about it.
    configuration.settleGathering = .zero
    configure(&configuration)
    engine = DeliveryEngine(configuration: configuration, random: SeededGenerator(seed: 1))
  }

  mutating func handle(_ events: DeliveryEvent...) {
    for action in engine.step(events, now: now) {
      switch action {
      case .attempt(let id, let request):
        running.append((id, request))
        started.append(request.timer.key.timerID)
      case .settle(let batch): settling.append(batch)
      case .announce(let entries): announced += entries
      case .recall(let entries): recalled += entries
      case .grant(let capacity): granted += capacity
      }
    }
  }

  /// Lets time pass; the engine is stepped whenever it wants to be, and at the end.
  mutating func pass(_ duration: Duration) {
    var left = duration.microseconds
    while left > 0 {
      let wanted = engine.wakeAt.microseconds(since: now.monotonic)
      let next = wanted > 0 ? min(wanted, left) : left
      sleep(.microseconds(next))
      left -= next
    }
  }

  /// Lets time pass in which the engine is not stepped, whatever it wants.
  mutating func sleep(_ duration: Duration) {
    now.storeMicroseconds += duration.microseconds
    now.monotonic += duration
    handle()
  }

  mutating func stepWall(_ duration: Duration) {
    now.storeMicroseconds += duration.microseconds
    handle()
  }

  /// Returns the timers that were recalled since the last time.
  mutating func takeCalledBack() -> [DueEntry] {
    defer { recalled = [] }
    return recalled
  }

  /// Ends the attempt of the timer called `id`.
  mutating func end(_ id: String, _ outcome: AttemptOutcome) {
    guard let index = running.firstIndex(where: { $0.request.timer.key.timerID == id }) else { return }
    handle(.attemptEnded(running.remove(at: index).id, outcome))
  }

  /// Answers the oldest write that waits for an answer.
  mutating func settle(_ verdict: SettleVerdict? = .settled) {
    guard !settling.isEmpty else { return }
    let batch = settling.removeFirst()
    handle(.settled(batch, verdict.map { verdict in batch.ids.map { _ in verdict } }))
  }

  func claimed(
    _ id: String, in milliseconds: Int64 = 0, url: String = "http://example.com/",
    topic: String? = nil, lease: Duration = .seconds(45),
    payload: [UInt8]? = nil, policy: RetryPolicy? = nil
  ) -> ClaimedTimer {
    let dueAt = Timestamp(milliseconds: now.store.milliseconds + milliseconds)
    let definition = TimerDefinition(
      executeAt: dueAt,
      destination: topic.map { .kafka(KafkaDestination(topic: $0)) } ?? .http(HTTPDestination(url: url)),
      payload: payload, retryPolicy: policy)
    let key = TimerKey(groupID: "g", timerID: id)
    var timer = Timer(creating: CreateTimer(key: key, definition: definition), at: now.store)
    _ = timer.claim(for: NodeID("node"), lease: lease, dueThrough: dueAt, at: StoreTime(now.store))
    return ClaimedTimer(timer: timer, shard: 0, deadline: now.monotonic + lease)
  }

  static let delivered = AttemptOutcome(.delivered, statusCode: 200)
  static let failed = AttemptOutcome(.failed(retryAfter: nil), statusCode: 500, error: "status 500")
  static let refusedConnection = AttemptOutcome(.failed(retryAfter: nil), error: "connection refused")
}
