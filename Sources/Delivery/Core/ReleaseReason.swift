import TimerModel

/// The reason why a claim was released without an attempt, as a timer's history shows it.
enum ReleaseReason: String {
  /// The receiver has not responded for a while, and all slots that it may use are in use.
  case receiverStalled = "the receiver is silent"
  /// The receiver would take too long to get to it.
  case receiverSlow = "the receiver is slow"
  /// The queue of the transport is full. The text names the one transport that queues.
  case queueFull = "too much waits for Kafka"
  /// The attempt could outlast the claim, or the node may be taken for dead.
  case leaseTooShort = "too little was left of the lease"
  /// The node stopped before the attempt began.
  case stopping = "the node stopped"
}

extension Settlement {
  /// Creates the settlement that releases a claim at `now`. The timer is due at `dueAt`, but not before its own time.
  init(releasing claimed: ClaimedTimer, dueAt: Timestamp, _ reason: ReleaseReason, at now: Timestamp) {
    let timer = claimed.timer
    self.init(
      key: timer.key, fence: timer.fence, ending: .released(dueAt: max(dueAt, timer.definition.executeAt)),
      attempt: AttemptRecord(
        number: timer.attempt, startedAt: now, durationMilliseconds: 0, result: .released,
        error: reason.rawValue, node: timer.claim?.node, claimedAt: claimed.claimedAt))
  }
}
