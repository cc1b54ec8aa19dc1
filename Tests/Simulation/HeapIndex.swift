import HeapModule
import TimerModel

/// An index that never fails, for runs with more timers than `SimulatedIndex` can sort at each look.
struct HeapIndex {
  private struct Item: Comparable {
    let entry: DueEntry
    static func < (a: Item, b: Item) -> Bool { (a.entry.dueAt, a.entry.key) < (b.entry.dueAt, b.entry.key) }
  }

  private var dueTimes: [TimerKey: Timestamp] = [:]
  private var items = Heap<Item>()

  mutating func add(_ entries: [DueEntry]) {
    for entry in entries where dueTimes.updateValue(entry.dueAt, forKey: entry.key) != entry.dueAt {
      items.insert(Item(entry: entry))
    }
  }

  mutating func remove(_ entries: [DueEntry]) {
    for entry in entries { dueTimes[entry.key] = nil }
  }

  mutating func due(through: Timestamp, limit: Int) -> DueReply {
    var due: [DueEntry] = []
    while let next = items.min?.entry {
      guard dueTimes[next.key] == next.dueAt else {
        items.removeMin()
        continue
      }
      guard next.dueAt <= through, due.count < limit else { break }
      items.removeMin()
      due.append(next)
    }
    let next = items.unordered.filter { dueTimes[$0.entry.key] == $0.entry.dueAt }
      .map { ($0.entry.shard, $0.entry.dueAt) }
    for entry in due { items.insert(Item(entry: entry)) }
    return DueReply(entries: due, nextDueAt: Dictionary(next, uniquingKeysWith: min))
  }

  var count: Int { dueTimes.count }
}
