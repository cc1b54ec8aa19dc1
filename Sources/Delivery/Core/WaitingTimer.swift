import TimerModel

/// A due timer that waits for a slot; the one that has waited longest comes first.
struct WaitingTimer: Comparable, Sendable {
  /// The moment since which it waits, whether here or in the store.
  let since: Timestamp
  let id: DeliveryID
  let payloadBytes: Int

  /// Its share of the capacity for those that wait.
  var size: DeliveryCapacity { DeliveryCapacity(timers: 1, payloadBytes: payloadBytes) }

  static func < (a: WaitingTimer, b: WaitingTimer) -> Bool { (a.since, a.id) < (b.since, b.id) }
}

extension WaitingTimer {
  init(_ delivery: PendingDelivery) {
    self.init(
      since: delivery.claimed.timer.waitsSince, id: delivery.id, payloadBytes: delivery.claimed.payloadBytes)
  }
}

extension Timer {
  /// The moment from which the present attempt may start. A deferred timer is due later in the store, where it is found if
  /// it is not recalled before.
  var startsAt: Timestamp {
    guard attempts.last?.result == .released else { return dueAt }
    return min(dueAt, max(definition.executeAt, retryAt ?? (attempt > 1 ? dueAt : definition.executeAt)))
  }

  /// The moment from which the present attempt could have started: a timer that is created or changed for a time in the past is due from then on.
  var waitsSince: Timestamp { attempt > 1 ? startsAt : max(startsAt, updatedAt) }

  /// The moment from which the last failed attempt allowed the next.
  private var retryAt: Timestamp? {
    attempt > 1 ? attempts.last { $0.result == .failed }?.nextAttemptAt : nil
  }
}
