import DequeModule
import TimerModel

// Timers that Delivery gave back for want of room, and for which it has room now.
extension SchedulerEngine {
  /// Claims timers that were called back, although they are not due by the store: their moment had come before they were given back.
  mutating func claimCalledBack(_ now: Moment, _ actions: inout [SchedulerAction]) {
    let entries = calledBack.take(min(capacity.timers, configuration.claimBatch))
    guard let latest = entries.map(\.dueAt).max() else { return }
    take = .claiming
    let ahead = Duration.milliseconds(Timestamp.millisecondsBetween(now.store, latest))
    actions.append(
      .claim(
        ClaimAttempt(
          entries: entries, payloadBudget: capacity.payloadBytes,
          deadlineMonotonicMicroseconds: now.monotonicMicroseconds
            + configuration.claimLease.certainLeaseMicroseconds,
          ahead: max(ahead, configuration.claimAhead))))
  }
}

/// Timers that were called back, in the order in which they are to be claimed.
struct CalledBack: Sendable {
  private var entries: Deque<DueEntry> = []
  /// Says whether the last take was for what is due.
  private var isNext = false

  /// Of more, those that came last come when they are due.
  private static let limit = 10_000

  var isEmpty: Bool { entries.isEmpty }

  /// Says whether it is these timers' turn: they and those that are due are claimed in turn, so that neither waits for a crowd of the other.
  var hasTurn: Bool { isNext && !entries.isEmpty }

  mutating func add(_ called: [DueEntry]) {
    entries.append(contentsOf: called.prefix(max(0, Self.limit - entries.count)))
  }

  mutating func putBack(_ left: [DueEntry]) { entries.prepend(contentsOf: left) }

  mutating func giveTurn() { isNext = true }

  /// Takes the first entries; the next take is for what is due.
  mutating func take(_ count: Int) -> [DueEntry] {
    isNext = false
    let taken = Array(entries.prefix(count))
    entries.removeFirst(taken.count)
    return taken
  }
}
