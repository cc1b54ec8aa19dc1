import DequeModule
import TimerModel

/// Decides which due timer gets the next slot, which origins are stalled, and which timers are too many.
///
/// A slot is one of all, and one of the timer's origin. Origins that have timers waiting get slots in turn. Those that do not respond get
/// a part of all slots together, and share a bounded queue with those that are slow.
struct OriginQueues: Sendable {
  fileprivate typealias Position = Dictionary<String, Origin>.Index

  /// A timer that gets a slot next.
  struct Turn {
    let timer: WaitingTimer
    fileprivate let origin: String
    fileprivate let position: Position
  }

  /// An origin with timers that may be too many.
  private struct Contender {
    let position: Position
    /// The number of its timers that are deferred already.
    let deferred: Int
  }

  private let configuration: DeliveryConfiguration
  private var origins: [String: Origin] = [:]
  /// Origins that have timers waiting, in the order in which they get slots.
  private var withWaiting: Deque<String> = []
  private var inFlight = 0
  /// Of these, the attempts at origins that do not respond.
  private var unresponsive = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// All timers that wait for a slot.
  private var waiting = DeliveryCapacity(timers: 0, payloadBytes: 0)
  /// The timers that the call in progress has removed.
  private var excess: [ExcessTimer] = []

  /// The time in which this node was at work.
  private(set) var awake = AwakeClock()
  /// The time of the next review of all origins.
  private(set) var nextReviewAt = MonotonicInstant.distantPast

  /// The interval between two reviews of all origins.
  private static let reviewInterval = Duration.milliseconds(50)

  init(configuration: DeliveryConfiguration) { self.configuration = configuration }

  /// True if no timer waits and no attempt runs.
  var isEmpty: Bool { origins.isEmpty }

  /// Moves the awake clock on to `now`, before anything else is done at that time; it was wanted at `planned` at the latest.
  mutating func advance(to now: Moment, planned: MonotonicInstant) {
    awake.advance(to: now, planned: planned)
  }

  // MARK: Slots

  /// Queues a due timer for a slot of its origin.
  mutating func enqueue(_ timer: WaitingTimer, of name: String) {
    waiting += timer.size
    let fresh = Origin(awake: awake)
    let isFirst = origins[name, default: fresh].enqueue(timer)
    if isFirst { withWaiting.append(name) }
  }

  /// Removes the timer that gets the next slot from its queue, and returns it; nil if no timer can get one. The caller must call `end`.
  mutating func takeTurn() -> Turn? {
    var originsWithoutSlot = 0
    while inFlight < configuration.maxInFlight, originsWithoutSlot < withWaiting.count {
      let name = withWaiting.removeFirst()
      // In place: an origin that is taken out and put back is hashed twice and copied twice.
      guard let position = origins.index(forKey: name) else { continue }
      if freeSlots(at: position) > 0, let timer = origins.values[position].popFirst() {
        waiting -= timer.size
        return Turn(timer: timer, origin: name, position: position)
      }
      originsWithoutSlot += 1
      passTurn(of: name, at: position)
    }
    return nil
  }

  /// Ends a turn; the slot is in use if the attempt has started.
  mutating func end(_ turn: Turn, hasStarted: Bool) {
    if hasStarted {
      if origins.values[turn.position].status != .responding { unresponsive += turn.timer.size }
      origins.values[turn.position].start(turn.timer.size, awake: awake)
      inFlight += 1
    }
    passTurn(of: turn.origin, at: turn.position)
  }

  private mutating func passTurn(of name: String, at position: Position) {
    if origins.values[position].waitingCount > 0 { withWaiting.append(name) }
    if origins.values[position].isIdle { origins.remove(at: position) }
  }

  /// Returns the number of attempts that may start at an origin. One that does not respond gets what is left for its kind, or one slot.
  private func freeSlots(at position: Position) -> Int {
    let running = origins.values[position].running.timers
    let free = configuration.maxInFlightPerOrigin - running
    guard origins.values[position].status != .responding, free > 0 else { return free }
    let most = configuration.maxUnresponsive
    if unresponsive.timers < most.timers, unresponsive.payloadBytes < most.payloadBytes {
      return min(free, most.timers - unresponsive.timers)
    }
    return running == 0 && unresponsive.payloadBytes < most.payloadBytes / 4 * 5 ? 1 : 0
  }

  /// Frees the slot of an attempt that has ended; returns false if its origin is not known.
  mutating func endAttempt(of delivery: PendingDelivery, _ outcome: AttemptOutcome) -> Bool {
    inFlight -= 1
    guard let position = origins.index(forKey: delivery.origin) else { return false }
    origins.values[position].end(delivery.size)
    if origins.values[position].status != .responding { unresponsive -= delivery.size }
    if outcome.statusCode != nil || outcome.kind == .delivered {
      origins.values[position].responded(
        startedAwake: delivery.startedAwake, awake: awake, timeout: configuration.originStallTimeout)
      setStatus(.responding, at: position)
    }
    if origins.values[position].isIdle { origins.remove(at: position) }
    return true
  }

  private mutating func setStatus(_ status: Origin.Status, at position: Position) {
    let before = origins.values[position].status
    origins.values[position].status = status
    if before != .responding, status == .responding { unresponsive -= origins.values[position].running }
    if before == .responding, status != .responding { unresponsive += origins.values[position].running }
  }

  /// Removes all timers that wait, and returns them, those of an origin that have waited longest first.
  mutating func removeAllWaiting() -> [DeliveryID] {
    var removed: [DeliveryID] = []
    for name in withWaiting {
      guard let position = origins.index(forKey: name) else { continue }
      while let timer = origins.values[position].popFirst() {
        waiting -= timer.size
        removed.append(timer.id)
      }
      if origins.values[position].isIdle { origins.remove(at: position) }
    }
    withWaiting = []
    return removed
  }

  // MARK: Stalled and slow origins

  /// Finds stalled origins at each review interval; returns true if a review took place.
  mutating func review(at now: MonotonicInstant) -> Bool {
    guard nextReviewAt <= now else { return false }
    nextReviewAt = now + Self.reviewInterval
    // By index: iterating would keep a copy, which the first change would then have to make.
    var position = origins.startIndex
    while position != origins.endIndex {
      if origins.values[position].isStalled(awake, timeout: configuration.originStallTimeout) {
        setStatus(.stalled, at: position)
      }
      origins.formIndex(after: &position)
    }
    return true
  }

  /// Removes and returns timers of stalled and slow origins, the latest first, so that those that wait fit into their capacity and keep no
  /// other timer from being claimed. `deferred` are the timers that were removed before and come back.
  mutating func removeExcess(beside deferred: DeferredTimers, isReviewing: Bool) -> [ExcessTimer] {
    let capacity = configuration.waitingCapacity
    let isOverCapacity = waiting.timers > capacity.timers || waiting.payloadBytes > capacity.payloadBytes
    guard !withWaiting.isEmpty, isOverCapacity || isReviewing || !deferred.isEmpty else { return [] }
    var contenders: [Contender] = []
    for name in withWaiting {
      guard let position = origins.index(forKey: name) else { continue }
      let contender = Contender(position: position, deferred: deferred.count(of: name))
      if let oldest = deferred.oldest(of: name) { preserveOrder(of: contender, after: oldest) }
      if isReviewing { limitQueue(of: contender) }
      if isOverCapacity, origins.values[position].isStalledOrSlow(beside: 0, configuration) {
        contenders.append(contender)
      }
    }
    if isOverCapacity { share(capacity, among: contenders) }
    dropIdleOrigins()
    defer { excess = [] }
    return excess
  }

  /// Removes timers that are younger than `oldest`, the first deferred one of the same origin, so that the order is kept.
  private mutating func preserveOrder(of contender: Contender, after oldest: Timestamp) {
    let (position, others) = (contender.position, contender.deferred)
    guard origins.values[position].isStalledOrSlow(beside: others, configuration) else { return }
    while let last = origins.values[position].last, last.since > oldest { removeLast(of: contender) }
  }

  /// Keeps no timers whose claims might expire, or that wait for an origin that has been stalled for long.
  private mutating func limitQueue(of contender: Contender) {
    guard let most = origins.values[contender.position].queueLimit(configuration, awake) else { return }
    while origins.values[contender.position].waitingCount > most { removeLast(of: contender) }
  }

  /// Gives each contender an equal share of the capacity; what one does not need goes to the others.
  private mutating func share(_ capacity: DeliveryCapacity, among contenders: [Contender]) {
    let timers = Self.share(
      of: capacity.timers, among: contenders.map { origins.values[$0.position].waitingCount })
    let bytes = Self.share(
      of: capacity.payloadBytes, among: contenders.map { origins.values[$0.position].waitingBytes })
    for contender in contenders {
      while origins.values[contender.position].waitingCount > timers
        || origins.values[contender.position].waitingBytes > bytes
      {
        removeLast(of: contender)
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

  private mutating func removeLast(of contender: Contender) {
    let position = contender.position
    guard let timer = origins.values[position].popLast() else { return }
    waiting -= timer.size
    let (away, reason) = origins.values[position].deferral(beside: contender.deferred, configuration, awake)
    excess.append(ExcessTimer(id: timer.id, away: away, reason: reason))
  }

  private mutating func dropIdleOrigins() {
    withWaiting.removeAll { name in
      guard let position = origins.index(forKey: name) else { return true }
      guard origins.values[position].waitingCount == 0 else { return false }
      if origins.values[position].isIdle { origins.remove(at: position) }
      return true
    }
  }

  // MARK: Recall

  /// Returns the number of an origin's timers to recall when `expected` are on their way: those that can start at once and, if it responds,
  /// in portions those that can start soon.
  func recallLimit(of name: String, expected: Int) -> RecallLimit {
    guard let position = origins.index(forKey: name) else {
      let free = configuration.maxInFlightPerOrigin - expected
      return RecallLimit(guaranteed: free, maximum: free, payloadBytes: 0)
    }
    let coming = origins.values[position].waitingCount + expected
    let free = freeSlots(at: position) - coming
    guard origins.values[position].status == .responding else {
      return RecallLimit(guaranteed: free, maximum: free, payloadBytes: 0)
    }
    let sharers = max(withWaiting.count, 1)
    let capacity = configuration.waitingCapacity
    let most = min(capacity.timers / sharers, origins.values[position].startableSoon(configuration))
    return RecallLimit(
      guaranteed: free, maximum: coming <= most / 2 ? max(most - coming, free) : free,
      payloadBytes: capacity.payloadBytes / sharers - origins.values[position].waitingBytes)
  }
}

/// A timer that would wait too long for its origin.
struct ExcessTimer: Equatable, Sendable {
  let id: DeliveryID
  /// The time after which it is to be due if it is not recalled.
  let away: Duration
  let reason: ReleaseReason
}
