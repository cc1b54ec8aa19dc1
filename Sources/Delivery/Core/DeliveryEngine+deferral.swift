import DequeModule
import HeapModule
import TimerModel

// Timers that wait for stalled or slow origins: how many are kept, which are deferred, and when those are recalled.
extension DeliveryEngine {
  /// The interval between two reviews of all origins.
  private static let reviewInterval = Duration.milliseconds(50)

  /// Finds stalled origins at each review interval; returns true if a review took place.
  mutating func detectStalledOrigins(_ now: Moment) -> Bool {
    guard nextReviewAt <= now.monotonic else { return false }
    nextReviewAt = now.monotonic + Self.reviewInterval
    // By index: iterating would keep a copy, which the first change would then have to make.
    var index = origins.startIndex
    while index != origins.endIndex {
      if origins.values[index].isStalled(awake, timeout: configuration.originStallTimeout) {
        setStatus(.stalled, at: index)
      }
      origins.formIndex(after: &index)
    }
    recallable = Array(deferred.origins)
    return true
  }

  /// Releases timers of stalled and slow origins, the latest first, so that those that wait fit into their capacity and keep no other
  /// timer from being claimed.
  mutating func deferTimersOfStalledOrigins(isReviewing: Bool, _ now: Moment) {
    let capacity = configuration.waitingCapacity
    let isOverCapacity = waiting.timers > capacity.timers || waiting.payloadBytes > capacity.payloadBytes
    guard !originsWithWaiting.isEmpty, isOverCapacity || isReviewing || !deferred.isEmpty else { return }
    var contenders: [Dictionary<String, Origin>.Index] = []
    for name in originsWithWaiting {
      guard let index = origins.index(forKey: name) else { continue }
      preserveOrder(of: name, at: index, now)
      if isReviewing { limitQueue(name, at: index, now) }
      if isOverCapacity, isStalledOrSlow(origins.values[index], beside: 0) { contenders.append(index) }
    }
    if isOverCapacity { share(capacity, among: contenders, now) }
    dropIdleOrigins()
  }

  /// Defers timers that are younger than deferred ones of the same origin, so that the order is kept.
  private mutating func preserveOrder(
    of name: String, at index: Dictionary<String, Origin>.Index, _ now: Moment
  ) {
    guard let oldest = deferred.oldest(of: name),
      isStalledOrSlow(origins.values[index], beside: deferred.count(of: name))
    else { return }
    while let last = origins.values[index].waiting.max, last.since > oldest { deferLast(at: index, now) }
  }

  /// Keeps no timers whose claims might expire, or that wait for an origin that has been stalled for long.
  private mutating func limitQueue(_ name: String, at index: Dictionary<String, Origin>.Index, _ now: Moment)
  {
    let origin = origins.values[index]
    let most: Int
    switch origin.status {
    case .unknown: return
    case .stalled:
      guard origin.timeSinceResponse(awake) > configuration.longStall.microseconds else { return }
      most = configuration.maxInFlightPerOrigin
    case .responding: most = max(origin.positions(within: configuration.maxHeldWork), 1)
    }
    while origins.values[index].waiting.count > most { deferLast(at: index, now) }
  }

  /// Gives each contender an equal share of the capacity; what one does not need goes to the others.
  private mutating func share(
    _ capacity: DeliveryCapacity, among contenders: [Dictionary<String, Origin>.Index], _ now: Moment
  ) {
    let timers = Self.share(of: capacity.timers, among: contenders.map { origins.values[$0].waiting.count })
    let bytes = Self.share(
      of: capacity.payloadBytes, among: contenders.map { origins.values[$0].waitingBytes })
    for index in contenders {
      while origins.values[index].waiting.count > timers || origins.values[index].waitingBytes > bytes {
        deferLast(at: index, now)
      }
    }
  }

  /// Returns the most that each may have so that all that have less and the others together fit into `capacity`.
  private static func share(of capacity: Int, among wishes: [Int]) -> Int {
    var left = capacity
    var others = wishes.count
    for wish in wishes.sorted() {
      guard wish <= left / others else { return left / others }
      left -= wish
      others -= 1
    }
    return .max
  }

  /// Returns true if an origin is stalled, or would be slow with `others` more timers waiting.
  private func isStalledOrSlow(_ origin: Origin, beside others: Int) -> Bool {
    switch origin.status {
    case .unknown: false
    case .stalled: true
    case .responding: origin.expectedWait(at: origin.waiting.count + others) > configuration.maxWait
    }
  }

  /// Defers the last of an origin's waiting timers.
  private mutating func deferLast(at index: Dictionary<String, Origin>.Index, _ now: Moment) {
    guard let timer = origins.values[index].popLast() else { return }
    waiting -= timer.size
    if origins.values[index].status == .stalled {
      let elapsed = Duration.microseconds(origins.values[index].timeSinceResponse(awake))
      let away = min(max(configuration.firstDeferral, elapsed * 2), configuration.maxDeferral)
      deferTimer(timer.id, for: away, .receiverStalled, now)
    } else {
      let position = origins.values[index].waiting.count + deferred.count(of: origins.keys[index])
      // It should be recalled before then, so that it seldom becomes due while the origin is still busy.
      let away = origins.values[index].expectedWait(at: position) + configuration.firstDeferral
      deferTimer(timer.id, for: min(away, configuration.maxDeferralOfSlow), .receiverSlow, now)
    }
  }

  /// Releases a timer, which is recalled as soon as there is capacity and is due after `away` in any case.
  mutating func deferTimer(_ id: DeliveryID, for away: Duration, _ reason: ReleaseReason, _ now: Moment) {
    pending.markDeferred(id)
    release(id, dueAt: now.store + away, reason, now)
  }

  private mutating func dropIdleOrigins() {
    originsWithWaiting.removeAll { name in
      guard let index = origins.index(forKey: name) else { return true }
      guard origins.values[index].waiting.isEmpty else { return false }
      if origins.values[index].isIdle { origins.remove(at: index) }
      return true
    }
  }

  // MARK: Recall

  /// Remembers a deferred timer, now that the store has it.
  mutating func rememberDeferred(_ due: DueEntry, _ entry: PendingDelivery) {
    let timer = entry.claimed.timer
    let name = timer.definition.destination.isKafka ? KafkaCapacity.origin : entry.origin
    deferred.add(due, of: name, since: timer.waitsSince, payloadBytes: entry.claimed.payloadBytes)
    markRecallable(name)
  }

  /// Notes that there may be capacity for deferred timers of an origin.
  mutating func markRecallable(_ name: String) {
    if recallable.last != name { recallable.append(name) }
  }

  /// Recalls timers whose origins have capacity for them.
  mutating func recall(_ now: Moment, _ actions: inout [DeliveryAction]) {
    defer { recallable.removeAll(keepingCapacity: true) }
    guard !isDraining else { return }
    var recalled: [DueEntry] = []
    for name in recallable where deferred.count(of: name) > 0 {
      let expected = deferred.expected(of: name, now)
      let limit =
        name == KafkaCapacity.origin ? recallLimitForKafka(expected) : recallLimitForOrigin(name, expected)
      recalled += deferred.recall(limit, of: name, now)
    }
    if !recalled.isEmpty { actions.append(.recall(recalled)) }
  }

  /// Returns the number of records to recall when `expected` are on their way: in portions, so that many share a claim.
  private func recallLimitForKafka(_ expected: Int) -> DeferredTimers.RecallLimit {
    let free = min(kafka.free.timers, configuration.maxInFlight)
    return DeferredTimers.RecallLimit(
      guaranteed: 0, maximum: expected <= free / 2 ? free - expected : 0,
      payloadBytes: kafka.free.payloadBytes)
  }

  /// Returns the number of an origin's timers to recall: those that can start at once and, if it responds, in portions those that can start
  /// soon.
  private func recallLimitForOrigin(_ name: String, _ expected: Int) -> DeferredTimers.RecallLimit {
    guard let index = origins.index(forKey: name) else {
      let free = configuration.maxInFlightPerOrigin - expected
      return DeferredTimers.RecallLimit(guaranteed: free, maximum: free, payloadBytes: 0)
    }
    let coming = origins.values[index].waiting.count + expected
    let free = freeSlots(at: index) - coming
    guard origins.values[index].status == .responding else {
      return DeferredTimers.RecallLimit(guaranteed: free, maximum: free, payloadBytes: 0)
    }
    let sharers = max(originsWithWaiting.count, 1)
    let most = min(configuration.waitingCapacity.timers / sharers, startableSoon(at: index))
    return DeferredTimers.RecallLimit(
      guaranteed: free, maximum: coming <= most / 2 ? max(most - coming, free) : free,
      payloadBytes: configuration.waitingCapacity.payloadBytes / sharers - origins.values[index].waitingBytes)
  }

  /// Returns the number of timers that an origin gets to soon; one for each slot at least, but not more than `limitQueue` leaves.
  private func startableSoon(at index: Dictionary<String, Origin>.Index) -> Int {
    let origin = origins.values[index]
    let most = max(origin.positions(within: configuration.maxHeldWork), 1)
    return max(
      origin.positions(within: configuration.maxWait), min(configuration.maxInFlightPerOrigin, most))
  }
}
