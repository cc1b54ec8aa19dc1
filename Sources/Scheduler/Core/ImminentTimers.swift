import HeapModule
import TimerModel

/// Timers that this node knows to be due soon, so that it claims them without reading the index: those that it announced itself, in its
/// own shards and in those of other nodes, which would learn of them too late. One entry per timer, earliest first.
///
/// An entry that moved or left stays in the heap until it comes up, or until half of the heap is such remains.
struct ImminentTimers: Sendable {
  private struct Item: Comparable, Sendable {
    let entry: DueEntry

    static func < (a: Item, b: Item) -> Bool { (a.entry.dueAt, a.entry.key) < (b.entry.dueAt, b.entry.key) }
  }

  private var dueTimes: [TimerKey: Timestamp] = [:]
  private var heap = Heap<Item>()

  /// Beyond this, timers are found through the index. With the keys of timers, some 5 MB.
  private static let limit = 20_000

  /// The due time of the earliest one.
  var earliestDueAt: Timestamp? { heap.min?.entry.dueAt }

  func contains(_ key: TimerKey) -> Bool { !dueTimes.isEmpty && dueTimes[key] != nil }

  /// Adds an entry; an entry of the same timer moves to the new time. Returns false if the limit is reached.
  mutating func add(_ entry: DueEntry) -> Bool {
    guard dueTimes.count < Self.limit || contains(entry.key) else { return false }
    guard dueTimes.updateValue(entry.dueAt, forKey: entry.key) != entry.dueAt else { return true }
    heap.insert(Item(entry: entry))
    dropStaleEntries()
    return true
  }

  /// Removes the entry of a timer that is claimed in another way, or moved to a later time.
  mutating func remove(_ key: TimerKey) {
    guard !dueTimes.isEmpty, dueTimes.removeValue(forKey: key) != nil else { return }
    dropStaleEntries()
  }

  /// Removes and returns those that are due by `through`, earliest first and at most `limit`.
  mutating func removeDue(through: Timestamp, limit: Int) -> [DueEntry] {
    var entries: [DueEntry] = []
    while let next = heap.min, next.entry.dueAt <= through, entries.count < limit {
      heap.removeMin()
      dueTimes[next.entry.key] = nil
      entries.append(next.entry)
      dropStaleEntries()
    }
    return entries
  }

  private mutating func dropStaleEntries() {
    while let first = heap.min?.entry, dueTimes[first.key] != first.dueAt { heap.removeMin() }
    guard heap.count > 2 * dueTimes.count + 64 else { return }
    heap = Heap(heap.unordered.filter { dueTimes[$0.entry.key] == $0.entry.dueAt })
  }
}
