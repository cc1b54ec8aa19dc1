import HeapModule
import TimerModel

/// The timers that this node released because their origin had no capacity for them. They are recalled as soon as it has.
///
/// The store has them due later: that is where they are found if this node forgets them or is gone.
struct DeferredTimers: Sendable {
  /// A timer that can be recalled.
  private struct Entry: Comparable, Sendable {
    let since: Timestamp
    let number: UInt64
    let due: DueEntry
    let payloadBytes: Int

    static func < (a: Entry, b: Entry) -> Bool { (a.since, a.number) < (b.since, b.number) }
    static func == (a: Entry, b: Entry) -> Bool { a.number == b.number }
  }

  /// The timers of one origin.
  private struct Queue: Sendable {
    /// In the order in which they are to be recalled; with stale entries of those that became due before.
    var order = Heap<Entry>()
    /// The number of each timer's last entry in `order`.
    var numbers: [TimerKey: UInt64] = [:]
    /// Those that were recalled and are not claimed yet.
    var recalled: Set<TimerKey> = []
    var recalledUntil = MonotonicInstant.distantPast

    var isEmpty: Bool { numbers.isEmpty && recalled.isEmpty }

    mutating func dropStaleEntries() {
      while let first = order.min, numbers[first.due.key] != first.number { order.removeMin() }
    }

    mutating func compact() {
      guard order.count > 2 * numbers.count + 64 else { return }
      order = Heap(order.unordered.filter { numbers[$0.due.key] == $0.number })
    }
  }

  private var queues: [String: Queue] = [:]
  private var lastNumber: UInt64 = 0
  private var count = 0

  /// The maximum number of timers that are remembered; the others are claimed when the store has them due.
  private static let limit = 100_000
  /// The time for which a recalled timer is expected.
  private static let recallTimeout = Duration.seconds(1)

  var isEmpty: Bool { queues.isEmpty }
  /// The origins that have timers here.
  var origins: some Collection<String> { queues.keys }

  /// Remembers a timer that was released.
  mutating func add(_ due: DueEntry, of origin: String, since: Timestamp, payloadBytes: Int) {
    guard count < Self.limit else { return }
    lastNumber += 1
    let entry = Entry(since: since, number: lastNumber, due: due, payloadBytes: payloadBytes)
    if queues[origin, default: Queue()].numbers.updateValue(lastNumber, forKey: due.key) == nil { count += 1 }
    queues[origin]?.order.insert(entry)
    queues[origin]?.compact()
  }

  /// Forgets a timer that was claimed again.
  mutating func remove(_ key: TimerKey, of origin: String) {
    guard let index = queues.index(forKey: origin) else { return }
    queues.values[index].recalled.remove(key)
    if queues.values[index].numbers.removeValue(forKey: key) != nil {
      count -= 1
      queues.values[index].compact()
    }
    if queues.values[index].isEmpty { queues.remove(at: index) }
  }

  /// Returns the number of an origin's timers that can be recalled.
  func count(of origin: String) -> Int { queues[origin]?.numbers.count ?? 0 }

  /// Returns the moment since which the first of an origin's timers waits.
  mutating func oldest(of origin: String) -> Timestamp? {
    guard let index = queues.index(forKey: origin) else { return nil }
    queues.values[index].dropStaleEntries()
    return queues.values[index].order.min?.since
  }

  /// Returns the number of an origin's timers that were recalled and are not claimed yet.
  mutating func expected(of origin: String, _ now: Moment) -> Int {
    guard let index = queues.index(forKey: origin) else { return 0 }
    if now.monotonic >= queues.values[index].recalledUntil {
      queues.values[index].recalled = []
      if queues.values[index].isEmpty {
        queues.remove(at: index)
        return 0
      }
    }
    return queues.values[index].recalled.count
  }

  /// The number of timers to recall for an origin.
  struct RecallLimit {
    /// The number to recall whatever the size of their payloads.
    var guaranteed: Int
    /// The maximum number, as far as their payloads fit into `payloadBytes`.
    var maximum: Int
    var payloadBytes: Int
  }

  /// Recalls timers of an origin, those that have waited longest first.
  mutating func recall(_ limit: RecallLimit, of origin: String, _ now: Moment) -> [DueEntry] {
    guard let index = queues.index(forKey: origin) else { return [] }
    var recalled: [DueEntry] = []
    var bytes = 0
    while recalled.count < limit.maximum {
      queues.values[index].dropStaleEntries()
      guard let next = queues.values[index].order.min else { break }
      guard recalled.count < limit.guaranteed || bytes + next.payloadBytes <= limit.payloadBytes else {
        break
      }
      queues.values[index].order.removeMin()
      queues.values[index].numbers[next.due.key] = nil
      queues.values[index].recalled.insert(next.due.key)
      bytes += next.payloadBytes
      recalled.append(next.due)
    }
    count -= recalled.count
    if !recalled.isEmpty {
      queues.values[index].recalledUntil = now.monotonic + Self.recallTimeout
    }
    return recalled
  }
}
