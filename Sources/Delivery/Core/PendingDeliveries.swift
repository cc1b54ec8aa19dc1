import TimerModel

/// A claimed timer from its claim to its settlement.
struct PendingDelivery: Sendable {
  let id: DeliveryID
  let claimed: ClaimedTimer
  /// The name that timers share if they compete for the same capacity.
  let origin: String
  /// True if it has a place in its transport's queue, and uses none of the capacity that the scheduler was granted.
  let isQueued: Bool
  var start: Moment?
  /// The start of its attempt on the awake clock.
  var startedAwake: Int64 = 0
  var settlement: Settlement?
  /// True if it is to be recalled after its release.
  var isDeferred = false

  /// The part of the granted capacity that it takes.
  var size: DeliveryCapacity { DeliveryCapacity(timers: 1, payloadBytes: claimed.payloadBytes) }
}

/// All pending deliveries.
///
/// Each has a slot in an array, which its ID contains, so that none of the many lookups between claim and settlement hashes a key.
struct PendingDeliveries: Sendable {
  private var slots: [PendingDelivery?] = []
  private var freeSlots: [Int] = []
  private var lastNumber: UInt64 = 0

  var isEmpty: Bool { freeSlots.count == slots.count }

  /// Adds a claimed timer, in a free slot if there is one.
  mutating func insert(_ claimed: ClaimedTimer, origin: String, isQueued: Bool) -> DeliveryID {
    lastNumber += 1
    let id = DeliveryID(number: lastNumber, slot: freeSlots.popLast() ?? slots.count)
    let timer = PendingDelivery(id: id, claimed: claimed, origin: origin, isQueued: isQueued)
    if id.slot == slots.count { slots.append(timer) } else { slots[id.slot] = timer }
    return id
  }

  /// A pending delivery; nil if it has ended.
  subscript(id: DeliveryID) -> PendingDelivery? { holds(id) ? slots[id.slot] : nil }

  /// Records when a timer's attempt started.
  mutating func start(_ id: DeliveryID, at moment: Moment, awake: AwakeClock) {
    guard holds(id) else { return }
    slots[id.slot]?.start = moment
    slots[id.slot]?.startedAwake = awake.microseconds
  }

  /// Records how a timer's claim is to end.
  mutating func end(_ id: DeliveryID, by settlement: Settlement) {
    if holds(id) { slots[id.slot]?.settlement = settlement }
  }

  /// Records that a timer is to be recalled after its release.
  mutating func markDeferred(_ id: DeliveryID) {
    if holds(id) { slots[id.slot]?.isDeferred = true }
  }

  /// Removes a timer and frees its slot; nil if it has ended before.
  mutating func remove(_ id: DeliveryID) -> PendingDelivery? {
    guard holds(id) else { return nil }
    freeSlots.append(id.slot)
    return slots[id.slot].take()
  }

  /// Slots are reused by timers with other IDs.
  private func holds(_ id: DeliveryID) -> Bool { id.slot < slots.count && slots[id.slot]?.id == id }
}
