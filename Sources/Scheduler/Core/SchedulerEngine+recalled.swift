import DequeModule
import TimerModel

// Timers that Delivery released for lack of capacity, and recalls because it has capacity again.
extension SchedulerEngine {
  /// Claims recalled timers. The store has them due later, but they were due before Delivery released them.
  mutating func claimRecalled(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let entries = recalled.dequeue(min(capacity.timers, configuration.claimBatch))
    guard let latest = entries.map(\.dueAt).max() else { return }
    claimCycle = .claiming
    let ahead = Duration.milliseconds(Timestamp.millisecondsBetween(now.store, latest))
    actions.append(
      .claim(
        ClaimAttempt(
          entries: entries, payloadBudget: capacity.payloadBytes,
          deadline: now.monotonic + .microseconds(configuration.claimLease.certainLeaseMicroseconds),
          ahead: max(ahead, configuration.claimAhead))))
  }
}

/// Recalled timers, in the order in which they are to be claimed.
struct RecalledTimers: Sendable {
  private var entries: Deque<DueEntry> = []
  /// True if the last claim cycle was for due timers.
  private var isNext = false

  /// Beyond this, recalled timers are dropped; they are claimed when the store has them due.
  private static let limit = 10_000

  var isEmpty: Bool { entries.isEmpty }

  /// True if it is these timers' turn. Recalled and due timers alternate, so that neither waits for a backlog of the other.
  var isNextInTurn: Bool { isNext && !entries.isEmpty }

  mutating func add(_ called: [DueEntry]) {
    entries.append(contentsOf: called.prefix(max(0, Self.limit - entries.count)))
  }

  mutating func putBack(_ left: [DueEntry]) { entries.prepend(contentsOf: left) }

  mutating func markNext() { isNext = true }

  /// Removes and returns the first entries; the next claim cycle is for due timers.
  mutating func dequeue(_ count: Int) -> [DueEntry] {
    isNext = false
    let taken = Array(entries.prefix(count))
    entries.removeFirst(taken.count)
    return taken
  }
}
