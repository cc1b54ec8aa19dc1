import HeapModule
import TimerModel

/// The timers that this node gave back because their origin had no place for them, so that they come back as soon as it has.
///
/// The store has them due later: that is where they are found if this node forgets them or is gone.
struct AsideTimers: Sendable {
  /// A timer that can be called back.
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
    /// In the order in which they are to come back; with remains of those that came back by themselves.
    var order = Heap<Entry>()
    /// The number of each timer's last entry in `order`.
    var numbers: [TimerKey: UInt64] = [:]
    /// Those that were called and have not come yet.
    var called: Set<TimerKey> = []
    var calledUntil = Int64.min

    var isEmpty: Bool { numbers.isEmpty && called.isEmpty }

    mutating func dropRemains() {
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

  /// The most timers that are remembered; of others, the store alone knows when they come back.
  private static let limit = 100_000
  /// The time for which one that was called is expected.
  private static let patience = Duration.seconds(1)

  var isEmpty: Bool { queues.isEmpty }
  /// The origins that have timers here.
  var origins: some Collection<String> { queues.keys }

  /// Remembers a timer that the store has given back.
  mutating func add(_ due: DueEntry, of origin: String, since: Timestamp, payloadBytes: Int) {
    guard count < Self.limit else { return }
    lastNumber += 1
    let entry = Entry(since: since, number: lastNumber, due: due, payloadBytes: payloadBytes)
    if queues[origin, default: Queue()].numbers.updateValue(lastNumber, forKey: due.key) == nil { count += 1 }
    queues[origin]?.order.insert(entry)
    queues[origin]?.compact()
  }

  /// Forgets a timer that came back.
  mutating func remove(_ key: TimerKey, of origin: String) {
    guard let place = queues.index(forKey: origin) else { return }
    queues.values[place].called.remove(key)
    if queues.values[place].numbers.removeValue(forKey: key) != nil {
      count -= 1
      queues.values[place].compact()
    }
    if queues.values[place].isEmpty { queues.remove(at: place) }
  }

  /// Returns the number of an origin's timers that can be called.
  func count(of origin: String) -> Int { queues[origin]?.numbers.count ?? 0 }

  /// Returns the moment since which the first of an origin's timers waits.
  mutating func oldest(of origin: String) -> Timestamp? {
    guard let place = queues.index(forKey: origin) else { return nil }
    queues.values[place].dropRemains()
    return queues.values[place].order.min?.since
  }

  /// Returns the number of an origin's timers that were called and have not come yet.
  mutating func expected(of origin: String, _ now: Moment) -> Int {
    guard let place = queues.index(forKey: origin) else { return 0 }
    if now.monotonicMicroseconds >= queues.values[place].calledUntil {
      queues.values[place].called = []
      if queues.values[place].isEmpty {
        queues.remove(at: place)
        return 0
      }
    }
    return queues.values[place].called.count
  }

  /// The timers that are wanted of an origin.
  struct Call {
    /// The number that is wanted whatever they hold.
    var certain: Int
    /// The number of all, as far as their payloads fit into `payloadBytes`.
    var most: Int
    var payloadBytes: Int
  }

  /// Calls timers of an origin, those that have waited longest first.
  mutating func call(_ call: Call, of origin: String, _ now: Moment) -> [DueEntry] {
    guard let place = queues.index(forKey: origin) else { return [] }
    var called: [DueEntry] = []
    var bytes = 0
    while called.count < call.most {
      queues.values[place].dropRemains()
      guard let next = queues.values[place].order.min else { break }
      guard called.count < call.certain || bytes + next.payloadBytes <= call.payloadBytes else { break }
      queues.values[place].order.removeMin()
      queues.values[place].numbers[next.due.key] = nil
      queues.values[place].called.insert(next.due.key)
      bytes += next.payloadBytes
      called.append(next.due)
    }
    count -= called.count
    if !called.isEmpty { queues.values[place].calledUntil = now.monotonicMicroseconds(after: Self.patience) }
    return called
  }
}
