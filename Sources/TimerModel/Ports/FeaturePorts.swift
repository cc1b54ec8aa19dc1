/// Is notified of timers that have a new due time, after the store has committed it.
/// Implemented by the Scheduler, called by Ingest and Delivery.
public protocol DueListener: Sendable {
  /// Takes note of entries. Never blocks; what cannot be taken is dropped, since the sweep finds it.
  func timersDue(_ entries: [DueEntry])
}

extension DueListener {
  /// Notifies the listener of the timers that commands have left due, if there are any.
  package func timersDue(after results: [CommandResult], shardCount: Int) {
    let entries = results.compactMap(\.newlyDue).map {
      DueEntry(key: $0.key, shard: Shard.of($0.key, count: shardCount), dueAt: $0.dueAt)
    }
    if !entries.isEmpty { timersDue(entries) }
  }
}

/// Is notified of released timers that may be claimed again before they are due, because there is capacity for them now.
/// Implemented by the Scheduler, called by Delivery.
public protocol RecallListener: Sendable {
  /// Takes note of entries, those that have waited longest first. Never blocks; what cannot be taken is dropped and comes when it
  /// is due.
  func recalled(_ entries: [DueEntry])
}

/// A timer with a valid claim, on its way to an attempt.
public struct ClaimedTimer: Hashable, Sendable {
  /// The timer as it stood when it was claimed.
  public var timer: Timer
  /// The shard of the timer, from 0, as `Shard.of` computes it.
  public var shard: Int
  /// The deadline of the claim, counted from before it was requested.
  public var deadline: MonotonicInstant
  /// The time of the claim, by the store's clock; nil if the answer that said so was lost.
  public var claimedAt: Timestamp?

  /// Creates a claimed timer; `deadline` counts from before the claim was requested.
  public init(timer: Timer, shard: Int, deadline: MonotonicInstant, claimedAt: Timestamp? = nil) {
    self.timer = timer
    self.shard = shard
    self.deadline = deadline
    self.claimedAt = claimedAt
  }

  /// The bytes that it takes from Delivery's byte budget.
  public var payloadBytes: Int { timer.definition.payload?.count ?? 0 }
}

/// Takes claimed timers and tries to deliver them. Implemented by Delivery, called by the Scheduler.
public protocol ClaimedTimerReceiver: Sendable {
  /// Takes timers for which capacity was granted. Never blocks.
  func deliver(_ timers: [ClaimedTimer])
}

/// Room for claimed timers.
public struct DeliveryCapacity: Hashable, Sendable {
  /// The number of further timers.
  public var timers: Int
  /// The number of further payload bytes.
  public var payloadBytes: Int

  /// Creates room for so many timers with so many bytes of payload in all.
  public init(timers: Int, payloadBytes: Int) {
    self.timers = timers
    self.payloadBytes = payloadBytes
  }

  /// Adds the timers and the payload bytes of `b`.
  public static func += (a: inout DeliveryCapacity, b: DeliveryCapacity) {
    a.timers += b.timers
    a.payloadBytes += b.payloadBytes
  }

  /// Subtracts the timers and the payload bytes of `b`; nothing stops at zero.
  public static func -= (a: inout DeliveryCapacity, b: DeliveryCapacity) {
    a.timers -= b.timers
    a.payloadBytes -= b.payloadBytes
  }
}

/// Is notified of free capacity in Delivery. Implemented by the Scheduler, called by Delivery.
public protocol CapacityListener: Sendable {
  /// Grants more capacity: all of it once at the start, then what settled timers give back. Never blocks.
  func capacityGranted(_ capacity: DeliveryCapacity)
}
