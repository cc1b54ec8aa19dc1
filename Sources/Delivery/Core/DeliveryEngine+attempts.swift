import DequeModule
import HeapModule
import TimerModel

// From the moment a timer is due to the end of its attempt.
extension DeliveryEngine {
  /// Lets timers whose moment has come wait for a place. Those for Kafka have theirs, and start in the order of their moments.
  mutating func admitDue(_ now: Moment, _ actions: inout [DeliveryAction]) {
    while let next = early.min, next.dueAt <= now.store {
      early.removeMin()
      guard let entry = held[next.id] else { continue }
      if entry.hasKafkaPlace {
        _ = start(next.id, now, &actions)
        continue
      }
      let fresh = newOrigin(now)
      let isFirst = origins[entry.origin, default: fresh].wait(next.id, now)
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
      if origins.values[place].running < configuration.maxInFlightPerOrigin,
        let id = origins.values[place].waiting.popFirst()
      {
        originsWithoutPlace = 0
        if start(id, now, &actions) {
          origins.values[place].running += 1
          inFlight += 1
        }
      } else {
        originsWithoutPlace += 1
      }
      if !origins.values[place].waiting.isEmpty { crowded.append(name) }
      if origins.values[place].isIdle { origins.remove(at: place) }
    }
  }

  /// Starts an attempt, unless its claim no longer covers it.
  private mutating func start(_ id: HeldID, _ now: Moment, _ actions: inout [DeliveryAction]) -> Bool {
    guard let claimed = held[id]?.claimed else { return false }
    let timer = claimed.timer
    let timeout = self.timeout(of: timer)
    guard now.monotonicMicroseconds < livesUntil,
      now.monotonicMicroseconds(after: timeout) <= claimed.deadlineMonotonicMicroseconds
    else {
      release(id, dueAt: timer.dueAt, .leaseTooShort, now)
      return false
    }
    held.start(id, at: now)
    actions.append(.attempt(id, AttemptRequest(timer: timer, startedAt: now.store, timeout: timeout)))
    return true
  }

  private func timeout(of timer: Timer) -> Duration {
    guard !timer.definition.destination.isKafka else { return configuration.kafkaTimeout }
    return timer.definition.callbackTimeoutSeconds.map { .seconds($0) } ?? configuration.attemptTimeout
  }

  mutating func attemptEnded(_ id: HeldID, _ outcome: AttemptOutcome, now: Moment) {
    guard let entry = held[id], let start = entry.start else { return }
    let microseconds = now.monotonicMicroseconds - start.monotonicMicroseconds
    if entry.hasKafkaPlace {
      if outcome.kind == .delivered { kafka.succeed() }
    } else {
      inFlight -= 1
    }
    if let place = origins.index(forKey: entry.origin) {
      origins.values[place].running -= 1
      if outcome.statusCode != nil || outcome.kind == .delivered {
        origins.values[place].answered(
          after: microseconds, now: now, deferral: configuration.firstDeferral)
      }
      if origins.values[place].isIdle { origins.remove(at: place) }
    }
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

  /// Lets timers step aside, so that they do not keep others from being claimed: all that wait for an origin with
  /// no free place which is silent, and those that would wait too long for one which is slow.
  mutating func sendAside(_ now: Moment) {
    for name in crowded {
      guard var origin = origins[name], origin.running >= configuration.maxInFlightPerOrigin else { continue }
      let stays: Int
      let away: Duration
      let reason: ReleaseReason
      if origin.isSilent(now, patience: configuration.originPatience) {
        (stays, away, reason) = (0, origin.deferral, .receiverSilent)
        origin.deferral = min(origin.deferral * 2, configuration.maxDeferral)
      } else if origin.expectedWait(at: origin.waiting.count) > configuration.maxWait {
        stays = origin.positions(within: configuration.maxWait)
        away = min(origin.expectedWait(at: origin.waiting.count), configuration.maxDeferral)
        reason = .receiverSlow
      } else {
        continue
      }
      let aside = origin.waiting.suffix(from: min(stays, origin.waiting.count))
      origin.waiting.removeLast(aside.count)
      origins[name] = origin
      for id in aside { release(id, dueAt: now.store + away, reason, now) }
    }
    crowded.removeAll { origins[$0]?.waiting.isEmpty ?? true }
  }

  /// On shutdown nothing new is started: what waits goes back to the store as it was.
  mutating func releaseAllThatWait(_ now: Moment) {
    while let next = early.popMin() { giveBack(next.id, now) }
    for name in crowded {
      guard var origin = origins.removeValue(forKey: name) else { continue }
      let waiting = origin.waiting
      origin.waiting = []
      if !origin.isIdle { origins[name] = origin }
      for id in waiting { giveBack(id, now) }
    }
    crowded = []
  }

  private mutating func giveBack(_ id: HeldID, _ now: Moment) {
    if let timer = held[id]?.claimed.timer { release(id, dueAt: timer.dueAt, .stopping, now) }
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

  private func newOrigin(_ now: Moment) -> Origin {
    Origin(lastSign: now.monotonicMicroseconds, deferral: configuration.firstDeferral)
  }
}
