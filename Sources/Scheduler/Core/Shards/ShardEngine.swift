import NodeRuntime
package import TimerModel

/// Decides which shards this node polls.
///
/// Every live node works out the same quotas from the same list of nodes. Who holds more than its quota gives some back,
/// a quarter of it at a time; who holds less takes what nobody holds. No node needs to know anything of another but that it lives.
/// All this saves work; what makes the service correct is the claim.
package struct ShardEngine: StepEngine, Sendable {
  private enum Stage: Sendable { case working, handingOver, leaving, retired }

  private let configuration: ShardConfiguration
  private var owned: Set<Int> = []
  /// Shards that were given back and are polled until another node holds them, so that they are never without a poll.
  private var lingering: Set<Int> = []
  private var stage = Stage.working
  /// One question to the store is in progress at a time.
  private var isAwaitingStore = false
  /// The time at which the first of the leases may expire.
  private var leasesExpireAt = MonotonicInstant.distantPast
  private var nextSurveyAt = MonotonicInstant.distantPast
  private var nextRenewalAt = MonotonicInstant.distantPast
  private var backoff: Backoff

  /// The time at which it must be stepped again.
  package private(set) var wakeAt = MonotonicInstant.distantPast

  /// Creates an engine that owns nothing yet.
  package init(configuration: ShardConfiguration) {
    self.configuration = configuration
    backoff = Backoff(first: configuration.storeBackoff)
  }

  /// True if the node has left.
  package var isFinished: Bool { stage == .retired }

  /// Handles events and returns the actions to perform.
  package mutating func step(_ events: [ShardEvent], now: Moment) -> [ShardAction] {
    var actions: [ShardAction] = []
    stepDown(now, &actions)
    for event in events { handle(event, now: now, &actions) }
    requestNext(now, &actions)
    wakeAt = nextWake(now)
    return actions
  }

  private mutating func handle(_ event: ShardEvent, now: Moment, _ actions: inout [ShardAction]) {
    switch event {
    case .surveyed(let survey):
      isAwaitingStore = false
      if let survey { surveyed(survey, now: now, &actions) } else { backoff.fail(now) }
    case .acquired(let held, let sentAt):
      isAwaitingStore = false
      guard let held else { return backoff.fail(now) }
      if owned.isEmpty {
        leasesExpireAt = sentAt + .microseconds(configuration.leaseDuration.certainLeaseMicroseconds)
      }
      if stage == .working { own(owned.union(held.filter(isShard)), &actions) }
      stepDown(now, &actions)
    case .released(let succeeded):
      isAwaitingStore = false
      if !succeeded { backoff.fail(now) }
    case .handOver:
      if stage == .working { stage = .handingOver }
      (nextSurveyAt, nextRenewalAt) = (.distantPast, .distantPast)
    case .leave:
      if stage != .retired { stage = .leaving }
    case .retired: stage = .retired
    }
  }

  /// A node whose leases may have run out polls nothing, whatever it is told later about the past.
  private mutating func stepDown(_ now: Moment, _ actions: inout [ShardAction]) {
    guard leasesExpireAt <= now.monotonic else { return }
    lingering = []
    own([], &actions)
  }

  private mutating func surveyed(_ survey: ShardSurvey, now: Moment, _ actions: inout [ShardAction]) {
    backoff.succeed()
    nextSurveyAt = now.monotonic + configuration.surveyInterval
    if survey.isRenewal {
      nextRenewalAt = now.monotonic + configuration.renewInterval
      leasesExpireAt =
        survey.sentAt + .microseconds(configuration.leaseDuration.certainLeaseMicroseconds)
      actions.append(.leaseExtended(until: leasesExpireAt))
    }
    guard leasesExpireAt > now.monotonic else { return stepDown(now, &actions) }
    let held = Set(survey.leases.filter { $0.node == configuration.node }.map(\.shard).filter(isShard))
    lingering.subtract(survey.leases.map(\.shard))
    if stage == .working {
      balance(held, survey, &actions)
    } else {
      lingering = []
      own([], &actions)
      release(held, &actions)
    }
  }

  private mutating func balance(_ held: Set<Int>, _ survey: ShardSurvey, _ actions: inout [ShardAction]) {
    let sharing = survey.nodes.filter { !$0.isDraining }.map(\.id).sorted { $0.name < $1.name }
    guard let rank = sharing.firstIndex(of: configuration.node) else {
      return own(held.union(lingering), &actions)
    }
    let (share, rest) = configuration.shardCount.quotientAndRemainder(dividingBy: sharing.count)
    let quota = share + (rank < rest ? 1 : 0)
    if held.count > quota {
      let surplus = held.sorted().suffix(min(held.count - quota, max(1, (quota + 3) / 4)))
      lingering.formUnion(surplus)
      own(held.union(lingering), &actions)
      release(Set(surplus), &actions)
    } else {
      own(held.union(lingering), &actions)
      let taken = Set(survey.leases.map(\.shard))
      // Each begins elsewhere, so that nodes which start together seldom want the same.
      let start = rank * share
      let free = (0..<configuration.shardCount).map { ($0 + start) % configuration.shardCount }
        .filter { !taken.contains($0) }
      let wanted = free.prefix(quota - held.count)
      guard !wanted.isEmpty else { return }
      isAwaitingStore = true
      actions.append(.acquire(Array(wanted)))
    }
  }

  /// Whatever stands in the store, no other shard is polled.
  private func isShard(_ number: Int) -> Bool { (0..<configuration.shardCount).contains(number) }

  private mutating func own(_ shards: Set<Int>, _ actions: inout [ShardAction]) {
    guard shards != owned else { return }
    owned = shards
    actions.append(.own(shards.sorted()))
  }

  private mutating func release(_ shards: Set<Int>, _ actions: inout [ShardAction]) {
    guard !shards.isEmpty else { return }
    isAwaitingStore = true
    actions.append(.release(shards.sorted()))
  }

  private mutating func requestNext(_ now: Moment, _ actions: inout [ShardAction]) {
    guard !isAwaitingStore, !isFinished, !backoff.isWaiting(now) else { return }
    if stage == .leaving {
      isAwaitingStore = true
      actions.append(.retire)
    } else if nextSurveyAt <= now.monotonic {
      isAwaitingStore = true
      let isRenewal = nextRenewalAt <= now.monotonic
      actions.append(.survey(renewal: isRenewal, isDraining: stage != .working))
    }
  }

  private func nextWake(_ now: Moment) -> MonotonicInstant {
    let requestAt = isAwaitingStore ? .distantFuture : max(nextSurveyAt, backoff.until)
    return owned.isEmpty ? requestAt : min(requestAt, leasesExpireAt)
  }
}
