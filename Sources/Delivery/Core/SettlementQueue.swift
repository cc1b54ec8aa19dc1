import DequeModule

/// Claims that are to be ended: of callbacks and of records, in turn, so that neither waits for a backlog of the other.
struct SettlementQueue: Sendable {
  private var callbacks: Deque<DeliveryID> = []
  private var records: Deque<DeliveryID> = []

  var isEmpty: Bool { callbacks.isEmpty && records.isEmpty }

  mutating func append(_ id: DeliveryID, isKafka: Bool) {
    if isKafka { records.append(id) } else { callbacks.append(id) }
  }

  mutating func putBack(_ id: DeliveryID, isKafka: Bool) {
    if isKafka { records.prepend(id) } else { callbacks.prepend(id) }
  }

  /// Takes up to `limit`: half of them from each kind if there are enough, in their order.
  mutating func dequeue(_ limit: Int) -> [DeliveryID] {
    let share = max(limit / 2, limit - records.count)
    var taken = Array(callbacks.prefix(share))
    callbacks.removeFirst(taken.count)
    let others = min(limit - taken.count, records.count)
    taken += records.prefix(others)
    records.removeFirst(others)
    return taken
  }
}
