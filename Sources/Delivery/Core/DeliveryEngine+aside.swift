import DequeModule
import HeapModule
import TimerModel

// Timers that wait for origins which are silent or slow: how many are held, which step aside, and when these come back.
extension DeliveryEngine {
  /// The time between two looks at all origins.
  private static let reviewInterval = Duration.milliseconds(50)

  /// Finds the origins that have fallen silent, now and then; says whether it did.
  mutating func reviewOrigins(_ now: Moment) -> Bool {
    guard nextReviewAt <= now.monotonicMicroseconds else { return false }
    nextReviewAt = now.monotonicMicroseconds(after: Self.reviewInterval)
    // By index: iterating would keep a copy, which the first change would then have to make.
    var place = origins.startIndex
    while place != origins.endIndex {
      if origins.values[place].isSilent(awake, patience: configuration.originPatience) {
        stand(.silent, at: place)
      }
      origins.formIndex(after: &place)
    }
    callable = Array(aside.origins)
    return true
  }

  /// Lets timers step aside, those that came last first, so that what waits for silent and slow origins fits into its room and keeps no
  /// other timer from being claimed.
  mutating func sendAside(isReviewing: Bool, _ now: Moment) {
    let room = configuration.roomToWait
    let isPressed = waiting.timers > room.timers || waiting.payloadBytes > room.payloadBytes
    guard !crowded.isEmpty, isPressed || isReviewing || !aside.isEmpty else { return }
    var contenders: [Dictionary<String, Origin>.Index] = []
    for name in crowded {
      guard let place = origins.index(forKey: name) else { continue }
      keepOrder(of: name, at: place, now)
      if isReviewing { keepShort(name, at: place, now) }
      if isPressed, isSilentOrSlow(origins.values[place], beside: 0) { contenders.append(place) }
    }
    if isPressed { share(room, among: contenders, now) }
    dropIdleOrigins()
  }

  /// As long as older timers of the same origin are aside, younger ones join them at the end.
  private mutating func keepOrder(of name: String, at place: Dictionary<String, Origin>.Index, _ now: Moment)
  {
    guard let oldest = aside.oldest(of: name),
      isSilentOrSlow(origins.values[place], beside: aside.count(of: name))
    else { return }
    while let last = origins.values[place].waiting.max, last.since > oldest { takeAside(at: place, now) }
  }

  /// Holds no timers whose claims might run out, or that wait for an origin which has been silent for long.
  private mutating func keepShort(_ name: String, at place: Dictionary<String, Origin>.Index, _ now: Moment) {
    let origin = origins.values[place]
    let most: Int
    switch origin.standing {
    case .unknown: return
    case .silent:
      guard origin.silence(awake) > configuration.longSilence.microseconds else { return }
      most = configuration.maxInFlightPerOrigin
    case .answering: most = max(origin.positions(within: configuration.maxHeldWork), 1)
    }
    while origins.values[place].waiting.count > most { takeAside(at: place, now) }
  }

  /// Gives each contender an equal share of the room; what one does not need is the others'.
  private mutating func share(
    _ room: DeliveryCapacity, among contenders: [Dictionary<String, Origin>.Index], _ now: Moment
  ) {
    let timers = Self.share(of: room.timers, among: contenders.map { origins.values[$0].waiting.count })
    let bytes = Self.share(of: room.payloadBytes, among: contenders.map { origins.values[$0].waitingBytes })
    for place in contenders {
      while origins.values[place].waiting.count > timers || origins.values[place].waitingBytes > bytes {
        takeAside(at: place, now)
      }
    }
  }

  /// Returns the most that each may have so that all that have less and the others together fit into `room`.
  private static func share(of room: Int, among wishes: [Int]) -> Int {
    var left = room
    var others = wishes.count
    for wish in wishes.sorted() {
      guard wish <= left / others else { return left / others }
      left -= wish
      others -= 1
    }
    return .max
  }

  /// Says whether an origin is silent, or one that had all these timers waiting besides would be slow.
  private func isSilentOrSlow(_ origin: Origin, beside others: Int) -> Bool {
    switch origin.standing {
    case .unknown: false
    case .silent: true
    case .answering: origin.expectedWait(at: origin.waiting.count + others) > configuration.maxWait
    }
  }

  /// Lets the last of an origin's timers step aside.
  private mutating func takeAside(at place: Dictionary<String, Origin>.Index, _ now: Moment) {
    guard let timer = origins.values[place].takeLast() else { return }
    waiting -= timer.size
    if origins.values[place].standing == .silent {
      let silence = Duration.microseconds(origins.values[place].silence(awake))
      let away = min(max(configuration.firstDeferral, silence * 2), configuration.maxDeferral)
      stepAside(timer.id, for: away, .receiverSilent, now)
    } else {
      let position = origins.values[place].waiting.count + aside.count(of: origins.keys[place])
      // It is to be called before, so that coming for nothing is rare.
      let away = origins.values[place].expectedWait(at: position) + configuration.firstDeferral
      stepAside(timer.id, for: min(away, configuration.maxDeferralOfSlow), .receiverSlow, now)
    }
  }

  /// Gives a timer back that is to be called again as soon as there is room, and comes by itself after `away`.
  mutating func stepAside(_ id: HeldID, for away: Duration, _ reason: ReleaseReason, _ now: Moment) {
    held.setAside(id)
    release(id, dueAt: now.store + away, reason, now)
  }

  private mutating func dropIdleOrigins() {
    crowded.removeAll { name in
      guard let place = origins.index(forKey: name) else { return true }
      guard origins.values[place].waiting.isEmpty else { return false }
      if origins.values[place].isIdle { origins.remove(at: place) }
      return true
    }
  }

  // MARK: The way back

  /// Remembers a timer that has stepped aside, now that the store knows.
  mutating func remember(_ due: DueEntry, _ entry: Held) {
    let timer = entry.claimed.timer
    let name = timer.definition.destination.isKafka ? KafkaPlaces.origin : entry.origin
    aside.add(due, of: name, since: timer.waitsSince, payloadBytes: entry.claimed.payloadBytes)
    noteCallable(name)
  }

  /// Notes that there may be room for timers of an origin that are aside.
  mutating func noteCallable(_ name: String) {
    if callable.last != name { callable.append(name) }
  }

  /// Calls timers back whose origins have room for them.
  mutating func recall(_ now: Moment, _ actions: inout [DeliveryAction]) {
    defer { callable.removeAll(keepingCapacity: true) }
    guard !isDraining else { return }
    var called: [DueEntry] = []
    for name in callable where aside.count(of: name) > 0 {
      let expected = aside.expected(of: name, now)
      let call = name == KafkaPlaces.origin ? callForKafka(expected) : callForOrigin(name, expected)
      called += aside.call(call, of: name, now)
    }
    if !called.isEmpty { actions.append(.recall(called)) }
  }

  /// Returns the number of records to call, where `expected` were called already: in portions, so that many share a claim.
  private func callForKafka(_ expected: Int) -> AsideTimers.Call {
    let free = min(kafka.free.timers, configuration.maxInFlight)
    return AsideTimers.Call(
      certain: 0, most: expected <= free / 2 ? free - expected : 0, payloadBytes: kafka.free.payloadBytes)
  }

  /// Returns the number of an origin's timers to call: those that find a place at once, and in portions, if it answers, those that it will
  /// soon get to.
  private func callForOrigin(_ name: String, _ expected: Int) -> AsideTimers.Call {
    guard let place = origins.index(forKey: name) else {
      let free = configuration.maxInFlightPerOrigin - expected
      return AsideTimers.Call(certain: free, most: free, payloadBytes: 0)
    }
    let coming = origins.values[place].waiting.count + expected
    let free = freePlaces(at: place) - coming
    guard origins.values[place].standing == .answering else {
      return AsideTimers.Call(certain: free, most: free, payloadBytes: 0)
    }
    let sharers = max(crowded.count, 1)
    let most = min(configuration.roomToWait.timers / sharers, soon(at: place))
    return AsideTimers.Call(
      certain: free, most: coming <= most / 2 ? max(most - coming, free) : free,
      payloadBytes: configuration.roomToWait.payloadBytes / sharers - origins.values[place].waitingBytes)
  }

  /// Returns the number of timers that an origin gets to soon; one for each place at least, but not more than `keepShort` leaves.
  private func soon(at place: Dictionary<String, Origin>.Index) -> Int {
    let origin = origins.values[place]
    let most = max(origin.positions(within: configuration.maxHeldWork), 1)
    return max(
      origin.positions(within: configuration.maxWait), min(configuration.maxInFlightPerOrigin, most))
  }
}
