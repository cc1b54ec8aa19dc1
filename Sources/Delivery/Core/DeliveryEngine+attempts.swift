import DequeModule
import HeapModule
import TimerModel
import TimerWire

// From the moment a timer is due to the end of its attempt.
extension DeliveryEngine {
  /// Queues due timers for a slot of their origin. Those for Kafka have theirs, and start in the order of their due times.
  mutating func enqueueDue(_ now: Moment, _ actions: inout [DeliveryAction]) {
    while let next = notYetDue.min, next.startsAt <= now.store {
      notYetDue.removeMin()
      guard let entry = pending[next.id] else { continue }
      if entry.hasKafkaSlot {
        _ = start(next.id, now, &actions)
        continue
      }
      let timer = WaitingTimer(
        since: entry.claimed.timer.waitsSince, id: next.id, payloadBytes: entry.claimed.payloadBytes)
      waiting += timer.size
      let fresh = Origin(awake: awake)
      let isFirst = origins[entry.origin, default: fresh].enqueue(timer)
      if isFirst { originsWithWaiting.append(entry.origin) }
    }
  }

  /// Starts attempts while there are free slots, one origin after the other.
  mutating func startAttempts(_ now: Moment, _ actions: inout [DeliveryAction]) {
    var originsWithoutSlot = 0
    while inFlight < configuration.maxInFlight, originsWithoutSlot < originsWithWaiting.count {
      let name = originsWithWaiting.removeFirst()
      // In place: an origin that is taken out and put back is hashed twice and copied twice.
      guard let index = origins.index(forKey: name) else { continue }
      if freeSlots(at: index) > 0, let next = origins.values[index].popFirst() {
        originsWithoutSlot = 0
        waiting -= next.size
        if start(next.id, now, &actions) {
          if origins.values[index].status != .responding { unresponsive += next.size }
          origins.values[index].start(next.size, awake: awake)
          inFlight += 1
        }
      } else {
        originsWithoutSlot += 1
      }
      if !origins.values[index].waiting.isEmpty { originsWithWaiting.append(name) }
      if origins.values[index].isIdle { origins.remove(at: index) }
    }
  }

  /// Returns the number of attempts that may start at an origin. One that does not respond gets what is left for its kind, or one slot.
  func freeSlots(at index: Dictionary<String, Origin>.Index) -> Int {
    let running = origins.values[index].running.timers
    let free = configuration.maxInFlightPerOrigin - running
    guard origins.values[index].status != .responding, free > 0 else { return free }
    let most = configuration.maxUnresponsive
    if unresponsive.timers < most.timers, unresponsive.payloadBytes < most.payloadBytes {
      return min(free, most.timers - unresponsive.timers)
    }
    return running == 0 && unresponsive.payloadBytes < most.payloadBytes / 4 * 5 ? 1 : 0
  }

  /// Starts an attempt, unless its claim no longer covers it.
  private mutating func start(_ id: DeliveryID, _ now: Moment, _ actions: inout [DeliveryAction]) -> Bool {
    guard let entry = pending[id] else { return false }
    let timer = entry.claimed.timer
    let timeout = self.timeout(of: timer)
    guard now.monotonic < leaseExpiresAt, now.monotonic + timeout <= entry.claimed.deadline else {
      release(id, dueAt: timer.startsAt, .leaseTooShort, now)
      return false
    }
    pending.start(id, at: now, awake: awake)
    actions.append(.attempt(id, AttemptRequest(timer: timer, startedAt: now.store, timeout: timeout)))
    return true
  }

  private func timeout(of timer: Timer) -> Duration {
    guard !timer.definition.destination.isKafka else { return configuration.kafkaTimeout }
    guard let seconds = timer.definition.callbackTimeoutSeconds else { return configuration.attemptTimeout }
    // A store may hold any number; what the service takes is checked when it comes.
    return .seconds(min(max(seconds, 1), 3600))
  }

  mutating func attemptEnded(_ id: DeliveryID, _ outcome: AttemptOutcome, now: Moment) {
    guard let entry = pending[id], let start = entry.start else { return }
    if entry.hasKafkaSlot {
      if outcome.kind == .delivered { kafka.succeed() }
    } else {
      inFlight -= 1
    }
    recordEnd(of: entry, outcome)
    var settlement = policy.settlement(
      of: entry.claimed, outcome: outcome, startedAt: start.store,
      duration: now.monotonic - start.monotonic, now: now.store, random: &random)
    if let outbox = configuration.outbox {
      settlement.messages = outbox.messages(
        for: settlement, of: entry.claimed.timer, at: now.store, random: &random)
    }
    pending.end(id, by: settlement)
    settlementQueue.append(id, isKafka: entry.hasKafkaSlot)
  }

  private mutating func recordEnd(of entry: PendingDelivery, _ outcome: AttemptOutcome) {
    guard let index = origins.index(forKey: entry.origin) else { return }
    origins.values[index].running -= entry.size
    if origins.values[index].status != .responding { unresponsive -= entry.size }
    if outcome.statusCode != nil || outcome.kind == .delivered {
      origins.values[index].responded(
        startedAwake: entry.startedAwake, awake: awake, timeout: configuration.originStallTimeout)
      setStatus(.responding, at: index)
    }
    if origins.values[index].isIdle { origins.remove(at: index) }
    if !deferred.isEmpty { markRecallable(entry.origin) }
  }

  /// Records whether an origin responds.
  mutating func setStatus(_ status: Origin.Status, at index: Dictionary<String, Origin>.Index) {
    let before = origins.values[index].status
    origins.values[index].status = status
    if before != .responding, status == .responding { unresponsive -= origins.values[index].running }
    if before == .responding, status != .responding { unresponsive += origins.values[index].running }
  }

  /// Releases all timers that wait: on shutdown no attempt starts.
  mutating func releaseAllWaiting(_ now: Moment) {
    while let next = notYetDue.popMin() { releaseForShutdown(next.id, now) }
    for name in originsWithWaiting {
      guard let index = origins.index(forKey: name) else { continue }
      while let timer = origins.values[index].popFirst() {
        waiting -= timer.size
        releaseForShutdown(timer.id, now)
      }
      if origins.values[index].isIdle { origins.remove(at: index) }
    }
    originsWithWaiting = []
  }

  private mutating func releaseForShutdown(_ id: DeliveryID, _ now: Moment) {
    if let timer = pending[id]?.claimed.timer { release(id, dueAt: timer.startsAt, .stopping, now) }
  }

  /// Releases a claim without an attempt.
  mutating func release(_ id: DeliveryID, dueAt: Timestamp, _ reason: ReleaseReason, _ now: Moment) {
    guard let entry = pending[id] else { return }
    let timer = entry.claimed.timer
    pending.end(
      id,
      by: Settlement(
        key: timer.key, fence: timer.fence,
        ending: .released(dueAt: max(dueAt, timer.definition.executeAt)),
        attempt: AttemptRecord(
          number: timer.attempt, startedAt: now.store, durationMilliseconds: 0, result: .released,
          error: reason.rawValue, node: timer.claim?.node, claimedAt: entry.claimed.claimedAt)))
    settlementQueue.append(id, isKafka: entry.hasKafkaSlot)
  }
}
