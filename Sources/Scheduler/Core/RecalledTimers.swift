import DequeModule
import TimerModel

/// Timers that Delivery released for lack of capacity and has capacity for again, in the order in which they are to be claimed.
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
