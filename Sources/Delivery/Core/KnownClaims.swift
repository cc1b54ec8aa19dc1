import DequeModule
import TimerModel

/// Claims that need no second attempt: a scheduler that has lost the answer to a claim asks what it holds, and may hear of one
/// that was handed over before, or even settled while the answer was on its way.
struct KnownClaims: Sendable {
  private var claims: Set<ClaimFence> = []
  private var ended: Deque<(fence: ClaimFence, at: MonotonicInstant)> = []

  /// Longer than an answer of the store can be on its way.
  private static let memory = Duration.seconds(10)

  /// Notes a claim; false if it is known.
  mutating func insert(_ fence: ClaimFence) -> Bool { claims.insert(fence).inserted }

  /// Notes that a claim has ended; it stays known for `memory`.
  mutating func end(_ fence: ClaimFence, _ now: Moment) { ended.append((fence, now.monotonic)) }

  /// Forgets claims that ended long ago.
  mutating func forget(_ now: Moment) {
    let oldest = now.monotonic - Self.memory
    while let first = ended.first, first.at < oldest {
      claims.remove(first.fence)
      ended.removeFirst()
    }
  }
}
