import Scheduler
import TimerModel

/// A scheduler's engine with a clock in hand, and what it has wanted so far.
struct SchedulerHarness {
  private(set) var engine: SchedulerEngine
  private(set) var now = Moment(
    storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))
  private(set) var reads = 0
  /// Up to which due time the index was last read.
  private(set) var readThrough: Timestamp?
  private(set) var sweeps = 0
  /// Up to which due time the store was last asked.
  private(set) var sweptBefore: Timestamp?
  private(set) var probes = 0
  /// Additions are answered by the test, and not at once.
  var holdsAdditions = false
  private(set) var claims: [ClaimAttempt] = []
  private(set) var refills: [Refill] = []
  private(set) var delivered: [ClaimedTimer] = []
  private(set) var removed: [DueEntry] = []
  private(set) var moved: [DueEntry] = []
  private(set) var added: [DueEntry] = []

  init(
    shards: [Int] = [0], timers: Int = 100, indexLimit: Int = 100_000, indexReadInterval: Duration? = nil,
    claimBatch: Int = 500
  ) {
    var configuration = SchedulerConfiguration(node: NodeID("node"))
    configuration.indexLimit = indexLimit
    configuration.claimBatch = claimBatch
    configuration.indexReadInterval = indexReadInterval
    engine = SchedulerEngine(configuration: configuration)
    handle(.shardsOwned(shards))
    if timers > 0 { handle(.capacityGranted(DeliveryCapacity(timers: timers, payloadBytes: 1_000_000))) }
  }

  var wakeIn: Duration {
    engine.wakeAt - now.monotonic
  }

  mutating func handle(_ events: SchedulerEvent...) {
    var actions = engine.step(events, now: now)
    while !actions.isEmpty {
      // The index of this harness takes everything at once.
      let answers = holdsAdditions ? [] : actions
      let added = answers.compactMap { if case .addToIndex(let entries) = $0 { entries } else { nil } }
      for action in actions { record(action) }
      actions = added.flatMap { entries in
        engine.step([.indexAdded(entries)], now: now)
      }
    }
  }

  /// Takes capacity to exactly `timers`, as if everything else were in use.
  mutating func capacity(_ timers: Int) {
    handle(.capacityGranted(DeliveryCapacity(timers: timers == 0 ? -100 : 100 + timers, payloadBytes: 0)))
  }

  mutating func pass(_ duration: Duration) {
    now.storeMicroseconds += duration.microseconds
    now.monotonic = now.monotonic + duration
    handle()
  }

  mutating func stepWall(_ duration: Duration) { now.storeMicroseconds += duration.microseconds }

  /// Answers all that a fresh engine wants, so that it has nothing to do.
  mutating func becomeIdle() {
    while let refill = refills.last, openRefill {
      openRefill = false
      handle(.refilled(refill, .added([], indexCount: 0)))
    }
    handle(.swept([]))
    handle(.indexProbed(0))
    handle(.indexRead(DueReply(entries: [])))
    (reads, added) = (0, [])
  }

  mutating func answerIndex(_ entries: [DueEntry]) {
    handle(.indexRead(DueReply(entries: entries)))
  }

  mutating func answerClaim(_ verdicts: [ClaimVerdict]) {
    guard let claim = claims.last else { return }
    handle(.claimAnswered(claim, ClaimReply(time: StoreTime(now.store), verdicts: verdicts)))
  }

  mutating func failClaim() {
    guard let claim = claims.last else { return }
    handle(.claimAnswered(claim, nil))
  }

  func entry(_ id: String, in milliseconds: Int64, shard: Int = 0) -> DueEntry {
    DueEntry(
      key: TimerKey(groupID: "g", timerID: id), shard: shard,
      dueAt: Timestamp(milliseconds: now.store.milliseconds + milliseconds))
  }

  func timer(_ entry: DueEntry) -> Timer {
    let definition = TimerDefinition(
      executeAt: entry.dueAt, destination: .http(HTTPDestination(url: "http://example.com/")))
    return Timer(creating: CreateTimer(key: entry.key, definition: definition), at: now.store)
  }

  private(set) var recoveries: [ClaimAttempt] = []
  private(set) var saidDrained = 0
  private var openRefill = false

  private mutating func record(_ action: SchedulerAction) {
    switch action {
    case .readIndex(_, let through, _):
      reads += 1
      readThrough = through
    case .sweep(_, let before, _):
      sweeps += 1
      sweptBefore = before
    case .claim(let attempt): claims.append(attempt)
    case .refill(let refill, _):
      refills.append(refill)
      openRefill = true
    case .deliver(let timers): delivered += timers
    case .applyIndexChanges(let remove, let move):
      removed += remove
      moved += move
    case .addToIndex(let entries): added += entries
    case .recoverClaim(let attempt): recoveries.append(attempt)
    case .drained: saidDrained += 1
    case .probeIndex: probes += 1
    }
  }
}
