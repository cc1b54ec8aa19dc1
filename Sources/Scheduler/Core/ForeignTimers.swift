import HeapModule
import TimerModel

/// Timers of other nodes' shards of which their owners would learn too late, earliest first.
struct ForeignTimers: Sendable {
  private struct Item: Comparable, Sendable {
    let entry: DueEntry

    static func < (a: Item, b: Item) -> Bool { (a.entry.dueAt, a.entry.key) < (b.entry.dueAt, b.entry.key) }
  }

  private var items = Heap<Item>()

  /// Beyond this, timers are left to their owners, which find them a little later.
  private static let limit = 20_000

  /// The due time of the earliest one.
  var earliestDueAt: Timestamp? { items.min?.entry.dueAt }

  mutating func add(_ entry: DueEntry) {
    if items.count < Self.limit { items.insert(Item(entry: entry)) }
  }

  /// Removes and returns those that are due by `through`, earliest first and at most `limit`.
  mutating func removeDue(through: Timestamp, limit: Int) -> [DueEntry] {
    var entries: [DueEntry] = []
    while let next = items.min, next.entry.dueAt <= through, entries.count < limit {
      items.removeMin()
      entries.append(next.entry)
    }
    return entries
  }
}
