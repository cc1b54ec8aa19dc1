import HeapModule
import TimerModel

/// The deferred timers of one origin, in the order in which they are to be recalled.
struct DeferredQueue: Sendable {
  /// A timer that can be recalled.
  private struct Entry: Comparable, Sendable {
    let since: Timestamp
    let number: UInt64
    let due: DueEntry
    let payloadBytes: Int

    static func < (a: Entry, b: Entry) -> Bool { (a.since, a.number) < (b.since, b.number) }
    static func == (a: Entry, b: Entry) -> Bool { a.number == b.number }
  }

  /// With stale entries of timers that became due before or were deferred again; the first one is never stale.
  private var order = Heap<Entry>()
  /// The number of each timer's last entry in `order`.
  private var numbers: [TimerKey: UInt64] = [:]
  /// The timers that were recalled and are not claimed yet.
  private var recalled: Set<TimerKey> = []
  private var recalledUntil = MonotonicInstant.distantPast

  /// The time for which a recalled timer is expected.
  private static let recallTimeout = Duration.seconds(1)

  var isEmpty: Bool { numbers.isEmpty && recalled.isEmpty }

  /// The number of timers that can be recalled.
  var count: Int { numbers.count }

  /// The moment since which the first timer waits; nil if none can be recalled.
  var oldest: Timestamp? { order.min?.since }

  /// Adds a timer; returns false if it was there already. `number` is larger than those before.
  mutating func add(_ due: DueEntry, number: UInt64, since: Timestamp, payloadBytes: Int) -> Bool {
    let isNew = numbers.updateValue(number, forKey: due.key) == nil
    order.insert(Entry(since: since, number: number, due: due, payloadBytes: payloadBytes))
    dropStaleEntries()
    return isNew
  }

  /// Forgets a timer that was claimed again; returns true if it could still be recalled.
  mutating func remove(_ key: TimerKey) -> Bool {
    recalled.remove(key)
    guard numbers.removeValue(forKey: key) != nil else { return false }
    dropStaleEntries()
    return true
  }

  /// Returns the number of timers that were recalled and are not claimed yet.
  mutating func expected(at now: MonotonicInstant) -> Int {
    if now >= recalledUntil { recalled = [] }
    return recalled.count
  }

  /// Recalls timers, those that have waited longest first.
  mutating func recall(_ limit: RecallLimit, at now: MonotonicInstant) -> [DueEntry] {
    var entries: [DueEntry] = []
    var bytes = 0
    while entries.count < limit.maximum, let next = order.min {
      guard entries.count < limit.guaranteed || bytes + next.payloadBytes <= limit.payloadBytes else { break }
      order.removeMin()
      numbers[next.due.key] = nil
      dropStaleEntries()
      recalled.insert(next.due.key)
      bytes += next.payloadBytes
      entries.append(next.due)
    }
    if !entries.isEmpty { recalledUntil = now + Self.recallTimeout }
    return entries
  }

  private mutating func dropStaleEntries() {
    if order.count > 2 * numbers.count + 64 {
      order = Heap(order.unordered.filter { numbers[$0.due.key] == $0.number })
    }
    while let first = order.min, numbers[first.due.key] != first.number { order.removeMin() }
  }
}

/// The number of timers to recall for an origin.
struct RecallLimit: Equatable, Sendable {
  /// The number to recall whatever the size of their payloads.
  var guaranteed: Int
  /// The maximum number, as far as their payloads fit into `payloadBytes`.
  var maximum: Int
  var payloadBytes: Int
}
