import HeapModule
import TimerModel

/// The entries of one shard: a dictionary says what is true, a heap in which order.
///
/// An entry that moved or left stays in the heap until it comes up or until half of the heap is such remains.
struct ShardHeap {
  struct Item: Comparable {
    let dueAt: Timestamp
    let key: TimerKey

    static func < (a: Item, b: Item) -> Bool { a.dueAt == b.dueAt ? a.key < b.key : a.dueAt < b.dueAt }
  }

  private var dueTimes: [TimerKey: Timestamp] = [:]
  private var heap = Heap<Item>()

  var count: Int { dueTimes.count }

  /// The due time of the earliest entry.
  var head: Timestamp? {
    mutating get {
      dropStaleEntries()
      return heap.min?.dueAt
    }
  }

  mutating func add(_ key: TimerKey, dueAt: Timestamp) {
    guard dueTimes.updateValue(dueAt, forKey: key) != dueAt else { return }
    heap.insert(Item(dueAt: dueAt, key: key))
    compact()
  }

  mutating func remove(_ key: TimerKey, dueAt: Timestamp) {
    guard dueTimes[key] == dueAt else { return }
    dueTimes[key] = nil
    compact()
  }

  /// Takes the earliest entry out of the order, but not out of the index: `putBack` must follow.
  mutating func pop() -> Item? {
    dropStaleEntries()
    return heap.popMin()
  }

  mutating func putBack(_ item: Item) { heap.insert(item) }

  private mutating func dropStaleEntries() {
    while let first = heap.min, dueTimes[first.key] != first.dueAt { heap.removeMin() }
  }

  private mutating func compact() {
    guard heap.count > 2 * dueTimes.count + 64 else { return }
    heap = Heap(dueTimes.map { Item(dueAt: $0.value, key: $0.key) })
  }
}
