import HeapModule
import TimerModel

/// Holds claimed timers from their claims to their settlements, and tells which become due.
struct HeldTimers: Sendable {
  /// A timer that is not due yet.
  private struct NotYetDue: Comparable, Sendable {
    let startsAt: Timestamp
    let id: DeliveryID

    static func < (a: NotYetDue, b: NotYetDue) -> Bool { (a.startsAt, a.id) < (b.startsAt, b.id) }
  }

  private var deliveries = PendingDeliveries()
  /// The claims of the timers held, and of those that ended a moment ago.
  private var claims = KnownClaims()
  private var notYetDue = Heap<NotYetDue>()

  var isEmpty: Bool { deliveries.isEmpty }

  /// The time of the next timer in the schedule; nil if none is left.
  var nextStart: Timestamp? { notYetDue.min?.startsAt }

  /// A timer that is held; nil if its claim has ended.
  subscript(id: DeliveryID) -> PendingDelivery? { deliveries[id] }

  /// Notes a claim; returns false if it is known: its timer is held, or was settled a moment ago.
  mutating func admit(_ fence: ClaimFence) -> Bool { claims.insert(fence) }

  /// Holds a timer whose claim was admitted.
  mutating func insert(_ claimed: ClaimedTimer, origin: String, isQueued: Bool) -> DeliveryID {
    deliveries.insert(claimed, origin: origin, isQueued: isQueued)
  }

  /// Removes a timer whose claim has ended.
  mutating func remove(_ id: DeliveryID, _ now: Moment) -> PendingDelivery? {
    guard let delivery = deliveries.remove(id) else { return nil }
    claims.end(delivery.claimed.timer.fence, now)
    return delivery
  }

  /// Forgets claims that ended long ago.
  mutating func forgetEnded(_ now: Moment) { claims.forget(now) }

  // MARK: Due times

  /// Schedules a timer, so that `popDue` returns it from `startsAt` on.
  mutating func schedule(_ id: DeliveryID, at startsAt: Timestamp) {
    notYetDue.insert(NotYetDue(startsAt: startsAt, id: id))
  }

  /// Takes the next timer out of the schedule if it is due by `time`; nil if none is.
  mutating func popDue(through time: Timestamp) -> DeliveryID? {
    guard let next = notYetDue.min, next.startsAt <= time else { return nil }
    notYetDue.removeMin()
    return next.id
  }

  /// Takes the next timer out of the schedule, due or not; nil if none is left.
  mutating func popScheduled() -> DeliveryID? { notYetDue.popMin()?.id }

  // MARK: Attempts and settlements

  /// Records when a timer's attempt started.
  mutating func start(_ id: DeliveryID, at moment: Moment, awake: AwakeClock) {
    deliveries.start(id, at: moment, awake: awake)
  }

  /// Records how a timer's claim is to end.
  mutating func end(_ id: DeliveryID, by settlement: Settlement) { deliveries.end(id, by: settlement) }

  /// Records that a timer is to be recalled after its release.
  mutating func markDeferred(_ id: DeliveryID) { deliveries.markDeferred(id) }
}
