import DequeModule
import TimerModel

/// Remembers the claims whose replies were lost: the timers that they claimed would wait for their leases if nobody asked.
///
/// One recovery is in progress at a time. Claims that wait for theirs are kept in order.
struct LostClaims: Sendable {
  private var waiting: Deque<ClaimAttempt> = []
  private var isRecovering = false

  /// True if the next recovery can start.
  var canStartRecovery: Bool { !isRecovering && !waiting.isEmpty }

  /// Adds a claim whose reply was lost.
  mutating func add(_ attempt: ClaimAttempt) { waiting.append(attempt) }

  /// Starts the next recovery and returns the claim to ask the store for; nil if none can start or the claim has expired.
  mutating func startRecovery(at now: MonotonicInstant) -> ClaimAttempt? {
    guard !isRecovering, let attempt = waiting.popFirst() else { return nil }
    guard attempt.deadline > now else { return nil }
    isRecovering = true
    return attempt
  }

  /// Ends the recovery in progress: the store has answered.
  mutating func endRecovery() { isRecovering = false }

  /// Ends the recovery in progress; its claim waits for another one.
  mutating func failRecovery(of attempt: ClaimAttempt) {
    isRecovering = false
    waiting.append(attempt)
  }
}

extension ClaimAttempt {
  /// Returns those of `timers` that `node` holds, as they are handed to Delivery.
  func claimed(among timers: [Timer], by node: NodeID) -> [ClaimedTimer] {
    let shards = Dictionary(entries.map { ($0.key, $0.shard) }, uniquingKeysWith: { $1 })
    return timers.filter { $0.claim?.node == node }.map { timer in
      ClaimedTimer(timer: timer, shard: shards[timer.key] ?? 0, deadline: deadline)
    }
  }
}
