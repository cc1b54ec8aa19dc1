package import TimerModel

/// An event that the delivery engine handles.
package enum DeliveryEvent: Sendable {
  /// Timers were claimed for it.
  case claimed([ClaimedTimer])
  /// An attempt has ended with this outcome; comes once for each attempt.
  case attemptEnded(DeliveryID, AttemptOutcome)
  /// The store was asked to end claims; nil if it failed.
  case settled(SettleBatch, [SettleVerdict]?)
  /// No more attempts; finish those in progress.
  case drain
  /// The node's lease lasts until this time: start no attempt afterwards.
  case leaseExtended(until: MonotonicInstant)
  /// Finish nothing but the claims of attempts that have ended.
  case abandon
}

/// An action that the delivery engine asks for.
package enum DeliveryAction: Sendable {
  /// Make an attempt → `attemptEnded`.
  case attempt(DeliveryID, AttemptRequest)
  /// End claims in the store → `settled`.
  case settle(SettleBatch)
  /// Tell the scheduler of timers that are due again; nothing comes back.
  case announce([DueEntry])
  /// Tell the scheduler of released timers that may be claimed again now, before they are due; nothing comes back.
  case recall([DueEntry])
  /// Give capacity back to the scheduler; nothing comes back.
  case grant(DeliveryCapacity)
}

/// Identifies a pending delivery.
package struct DeliveryID: Hashable, Comparable, Sendable {
  let number: UInt64
  let slot: Int

  /// Orders by arrival, the earlier first.
  package static func < (a: DeliveryID, b: DeliveryID) -> Bool { a.number < b.number }
}

/// Claims that are ended by one write.
package struct SettleBatch: Hashable, Sendable {
  /// The claims to end.
  package var ids: [DeliveryID]
  /// Their settlements, in the same order.
  package var settlements: [Settlement]
}
