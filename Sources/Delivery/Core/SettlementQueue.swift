import DequeModule

/// Claims that are to be ended: of timers that used slots and of those that were queued, in turn, so that neither kind waits for a backlog
/// of the other.
struct SettlementQueue: Sendable {
  private var slotted: Deque<DeliveryID> = []
  private var queued: Deque<DeliveryID> = []

  var isEmpty: Bool { slotted.isEmpty && queued.isEmpty }

  var count: Int { slotted.count + queued.count }

  mutating func append(_ id: DeliveryID, isQueued: Bool) {
    if isQueued { queued.append(id) } else { slotted.append(id) }
  }

  mutating func putBack(_ id: DeliveryID, isQueued: Bool) {
    if isQueued { queued.prepend(id) } else { slotted.prepend(id) }
  }

  /// Takes up to `limit`: half of them from each kind if there are enough, in their order.
  mutating func dequeue(_ limit: Int) -> [DeliveryID] {
    let share = max(limit / 2, limit - queued.count)
    var taken = Array(slotted.prefix(share))
    slotted.removeFirst(taken.count)
    let others = min(limit - taken.count, queued.count)
    taken += queued.prefix(others)
    queued.removeFirst(others)
    return taken
  }
}
