import DequeModule
import HeapModule
import TimerModel

// From the moment a timer is due to the end of its attempt.
extension DeliveryEngine {
  /// Lets timers whose moment has come wait for a place. Those for Kafka have theirs, and start in the order of their moments.
  mutating func admitDue(_ now: Moment, _ actions: inout [DeliveryAction]) {
    while let next = early.min, next.startsAt <= now.store {
      early.removeMin()
      guard let entry = held[next.id] else { continue }
      if entry.hasKafkaPlace {
        _ = start(next.id, now, &actions)
        continue
      }
      let timer = WaitingTimer(
        since: entry.claimed.timer.waitsSince, id: next.id, payloadBytes: entry.claimed.payloadBytes)
      waiting += timer.size
      let fresh = Origin(awake: awake)
      let isFirst = origins[entry.origin, default: fresh].wait(timer)
      if isFirst { crowded.append(entry.origin) }
    }
  }

  /// Starts attempts while there are places, one origin after the other.
  mutating func fillPlaces(_ now: Moment, _ actions: inout [DeliveryAction]) {
    var originsWithoutPlace = 0
    while inFlight < configuration.maxInFlight, originsWithoutPlace < crowded.count {
      let name = crowded.removeFirst()
      // In place: an origin that is taken out and put back is hashed twice and copied twice.
      guard let place = origins.index(forKey: name) else { continue }
      if freePlaces(at: place) > 0, let next = origins.values[place].takeFirst() {
        originsWithoutPlace = 0
        waiting -= next.size
        if start(next.id, now, &actions) {
          if origins.values[place].standing != .answering { unanswered += next.size }
          origins.values[place].start(next.size, awake: awake)
          inFlight += 1
        }
      } else {
        originsWithoutPlace += 1
      }
      if !origins.values[place].waiting.isEmpty { crowded.append(name) }
      if origins.values[place].isIdle { origins.remove(at: place) }
    }
  }

  /// Returns the number of attempts that may start at an origin. One that does not answer has what is left for its kind, or one place.
  func freePlaces(at place: Dictionary<String, Origin>.Index) -> Int {
    let running = origins.values[place].running.timers
    let free = configuration.maxInFlightPerOrigin - running
    guard origins.values[place].standing != .answering, free > 0 else { return free }
    let most = configuration.maxUnanswered
    if unanswered.timers < most.timers, unanswered.payloadBytes < most.payloadBytes {
      return min(free, most.timers - unanswered.timers)
    }
    return running == 0 && unanswered.payloadBytes < most.payloadBytes / 4 * 5 ? 1 : 0
  }

  /// Starts an attempt, unless its claim no longer covers it.
  private mutating func start(_ id: HeldID, _ now: Moment, _ actions: inout [DeliveryAction]) -> Bool {
    guard let entry = held[id] else { return false }
    let timer = entry.claimed.timer
    let timeout = self.timeout(of: timer)
    guard now.monotonicMicroseconds < leaseExpiresAt,
      now.monotonicMicroseconds(after: timeout) <= entry.claimed.deadlineMonotonicMicroseconds
    else {
      release(id, dueAt: timer.startsAt, .leaseTooShort, now)
      return false
    }
    held.start(id, at: now, awake: awake)
    actions.append(.attempt(id, AttemptRequest(timer: timer, startedAt: now.store, timeout: timeout)))
    return true
  }

  private func timeout(of timer: Timer) -> Duration {
    guard !timer.definition.destination.isKafka else { return configuration.kafkaTimeout }
    guard let seconds = timer.definition.callbackTimeoutSeconds else { return configuration.attemptTimeout }
    // A store may hold any number; what the service takes is checked when it comes.
    return .seconds(min(max(seconds, 1), 3600))
  }

  mutating func attemptEnded(_ id: HeldID, _ outcome: AttemptOutcome, now: Moment) {
    guard let entry = held[id], let start = entry.start else { return }
    let microseconds = now.monotonicMicroseconds - start.monotonicMicroseconds
    if entry.hasKafkaPlace {
      if outcome.kind == .delivered { kafka.succeed() }
    } else {
      inFlight -= 1
    }
    noteEnd(of: entry, outcome)
    var settlement = policy.settlement(
      of: entry.claimed, outcome: outcome, startedAt: start.store, duration: .microseconds(microseconds),
      now: now.store,
      random: &random)
    if let outbox = configuration.outbox {
      settlement.messages = outbox.messages(
        for: settlement, of: entry.claimed.timer, at: now.store, random: &random)
    }
    held.end(id, by: settlement)
    endings.append(id, isKafka: entry.hasKafkaPlace)
  }

  private mutating func noteEnd(of entry: Held, _ outcome: AttemptOutcome) {
    guard let place = origins.index(forKey: entry.origin) else { return }
    origins.values[place].running -= entry.size
    if origins.values[place].standing != .answering { unanswered -= entry.size }
    if outcome.statusCode != nil || outcome.kind == .delivered {
      origins.values[place].answered(
        startedAwake: entry.startedAwake, awake: awake, patience: configuration.originPatience)
      stand(.answering, at: place)
    }
    if origins.values[place].isIdle { origins.remove(at: place) }
    if !aside.isEmpty { noteCallable(entry.origin) }
  }

  /// Notes whether an origin answers.
  mutating func stand(_ standing: Origin.Standing, at place: Dictionary<String, Origin>.Index) {
    let before = origins.values[place].standing
    origins.values[place].standing = standing
    if before != .answering, standing == .answering { unanswered -= origins.values[place].running }
    if before == .answering, standing != .answering { unanswered += origins.values[place].running }
  }

  /// On shutdown nothing new is started: what waits goes back to the store as it was.
  mutating func releaseAllThatWait(_ now: Moment) {
    while let next = early.popMin() { giveBack(next.id, now) }
    for name in crowded {
      guard let place = origins.index(forKey: name) else { continue }
      while let timer = origins.values[place].takeFirst() {
        waiting -= timer.size
        giveBack(timer.id, now)
      }
      if origins.values[place].isIdle { origins.remove(at: place) }
    }
    crowded = []
  }

  private mutating func giveBack(_ id: HeldID, _ now: Moment) {
    if let timer = held[id]?.claimed.timer { release(id, dueAt: timer.startsAt, .stopping, now) }
  }

  /// Gives a claim back; no attempt is made.
  mutating func release(_ id: HeldID, dueAt: Timestamp, _ reason: ReleaseReason, _ now: Moment) {
    guard let entry = held[id] else { return }
    let timer = entry.claimed.timer
    held.end(
      id,
      by: Settlement(
        key: timer.key, fence: timer.fence,
        ending: .released(dueAt: max(dueAt, timer.definition.executeAt)),
        attempt: AttemptRecord(
          number: timer.attempt, startedAt: now.store, durationMilliseconds: 0, result: .released,
          error: reason.rawValue, node: timer.claim?.node, claimedAt: entry.claimed.claimedAt)))
    endings.append(id, isKafka: entry.hasKafkaPlace)
  }
}
