package import TimerModel

/// An event that the scheduler engine handles.
package enum SchedulerEvent: Sendable {
  /// The node polls these shards from now on, and no others.
  case shardsOwned([Int])
  /// Timers are due at a new time, as the node that committed it reports.
  case timersDue([DueEntry])
  /// Delivery has capacity for timers that it released: they may be claimed before they are due.
  case recalled([DueEntry])
  /// Delivery has more room.
  case capacityGranted(DeliveryCapacity)
  /// The node's lease lasts until this time; claim nothing afterwards unless it is extended.
  case leaseExtended(until: MonotonicInstant)
  /// No more claims; finish what is in progress → `drained`. What becomes due again is still written to the index.
  case drain
  /// Nothing becomes due again; finish.
  case end

  /// The index was read; nil if that failed.
  case indexRead(DueReply?)
  /// A claim was answered; nil if the store failed.
  case claimAnswered(ClaimAttempt, ClaimReply?)
  /// The store was asked which timers of a claim this node holds, its answer having been lost; nil if the store failed.
  case claimRecovered(ClaimAttempt, [Timer]?)
  /// The changes after a claim were written to the index; false if that failed.
  case indexChangesApplied(Bool)
  /// These entries were added to the index; nil if that failed.
  case indexAdded([DueEntry]?)
  /// The index said how many entries it holds; nil if it failed.
  case indexProbed(Int?)
  /// A page was read from the store and added to the index.
  case refilled(Refill, RefillResult)
  /// The store was asked for overdue timers; nil if it failed.
  case swept([DueEntry]?)
}

/// An action that the scheduler engine asks for.
package enum SchedulerAction: Sendable {
  /// Read what is due from the index → `indexRead`.
  case readIndex(shards: [Int], through: Timestamp, limit: Int)
  /// Claim in the store → `claimAnswered`.
  case claim(ClaimAttempt)
  /// Ask the store which timers of a claim this node holds → `claimRecovered`.
  case recoverClaim(ClaimAttempt)
  /// Remove from the index what a claim has settled and move what it found to be due later → `indexChangesApplied`.
  case applyIndexChanges(remove: [DueEntry], move: [DueEntry])
  /// Add to the index → `indexAdded`.
  case addToIndex([DueEntry])
  /// Ask the index how many entries it holds → `indexProbed`.
  case probeIndex(shards: [Int])
  /// Read a page from the store, add it to the index, ask how much that holds of `shards` then → `refilled`.
  case refill(Refill, shards: [Int])
  /// Ask the store for overdue timers → `swept`.
  case sweep(shards: [Int], before: Timestamp, limit: Int)
  /// Hand claimed timers to Delivery; nothing comes back.
  case deliver([ClaimedTimer])
  /// Say that nothing is claimed any more; nothing comes back.
  case drained
}

/// A claim that was asked for.
package struct ClaimAttempt: Hashable, Sendable {
  package var entries: [DueEntry]
  /// The number of payload bytes reserved for it.
  package var payloadBudget: Int
  /// The deadline of the claims, counted from before they were requested.
  package var deadline: MonotonicInstant
  /// The time by which a claim may come before a timer is due; nil means that which is configured.
  package var ahead: Duration?
}

/// One page on its way from the store to the index.
package struct Refill: Hashable, Sendable {
  package var shard: Int
  /// The last entry of the page before.
  package var cursor: DueEntry?
  /// Up to which due time.
  package var through: Timestamp
  /// The maximum number of entries.
  package var limit: Int
}

/// The result of a page.
package enum RefillResult: Sendable {
  /// It was added; the index then held `indexCount` entries.
  case added([DueEntry], indexCount: Int)
  case storeFailed
  case indexFailed
}
