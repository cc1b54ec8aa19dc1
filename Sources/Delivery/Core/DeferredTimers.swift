import TimerModel

/// The timers that this node released because their origin had no capacity for them. They are recalled as soon as it has.
///
/// The store has them due later: that is where they are found if this node forgets them or is gone.
struct DeferredTimers: Sendable {
  private var queues: [String: DeferredQueue] = [:]
  /// The origins whose timers are to be recalled if there is capacity now.
  private var recallable: [String] = []
  private var lastNumber: UInt64 = 0
  private var count = 0

  /// The maximum number of timers that are remembered; the others are claimed when the store has them due.
  private static let limit = 100_000

  var isEmpty: Bool { queues.isEmpty }

  /// Returns the number of an origin's timers that can be recalled.
  func count(of origin: String) -> Int { queues[origin]?.count ?? 0 }

  /// Returns the moment since which the first of an origin's timers waits.
  func oldest(of origin: String) -> Timestamp? { queues[origin]?.oldest }

  /// Remembers a timer that was released, now that the store has it due later.
  mutating func add(_ due: DueEntry, of origin: String, since: Timestamp, payloadBytes: Int) {
    if count < Self.limit {
      lastNumber += 1
      let number = lastNumber
      let isNew = queues[origin, default: DeferredQueue()].add(
        due, number: number, since: since, payloadBytes: payloadBytes)
      if isNew { count += 1 }
    }
    markRecallable(origin)
  }

  /// Forgets a timer that was claimed again.
  mutating func remove(_ key: TimerKey, of origin: String) {
    guard let index = queues.index(forKey: origin) else { return }
    if queues.values[index].remove(key) { count -= 1 }
    if queues.values[index].isEmpty { queues.remove(at: index) }
  }

  // MARK: Recall

  /// Notes that an origin may have capacity for its timers.
  mutating func markRecallable(_ origin: String) {
    if !isEmpty, recallable.last != origin { recallable.append(origin) }
  }

  /// Notes that any origin may have capacity for its timers.
  mutating func markAllRecallable() { recallable = Array(queues.keys) }

  /// Recalls nothing for the origins that were marked.
  mutating func clearRecallable() { recallable.removeAll(keepingCapacity: true) }

  /// Recalls timers of the origins that were marked, and returns them, those of an origin that have waited longest first. `limit` is given
  /// an origin and the number of its timers that were recalled before and are still expected.
  mutating func recall(
    at now: MonotonicInstant, limit: (_ origin: String, _ expected: Int) -> RecallLimit
  ) -> [DueEntry] {
    guard !recallable.isEmpty else { return [] }
    defer { clearRecallable() }
    var recalled: [DueEntry] = []
    for origin in recallable {
      guard let index = queues.index(forKey: origin), queues.values[index].count > 0 else { continue }
      let expected = queues.values[index].expected(at: now)
      let entries = queues.values[index].recall(limit(origin, expected), at: now)
      count -= entries.count
      recalled += entries
    }
    return recalled
  }
}
