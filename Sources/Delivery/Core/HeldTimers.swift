import TimerModel

/// The claimed timers that Delivery holds.
///
/// Each has a place in an array, which its id knows: of the many looks at a timer between its claim and its settlement none takes
/// a hash.
struct HeldTimers: Sendable {
  private var places: [Held?] = []
  private var freePlaces: [Int] = []
  private var lastNumber: UInt64 = 0

  var isEmpty: Bool { freePlaces.count == places.count }

  /// Takes a timer in.
  mutating func insert(_ claimed: ClaimedTimer, origin: String, hasKafkaPlace: Bool) -> HeldID {
    lastNumber += 1
    let id = HeldID(number: lastNumber, place: freePlaces.popLast() ?? places.count)
    let timer = Held(id: id, claimed: claimed, origin: origin, hasKafkaPlace: hasKafkaPlace)
    if id.place == places.count { places.append(timer) } else { places[id.place] = timer }
    return id
  }

  /// A timer; nil if it is not held any more.
  subscript(id: HeldID) -> Held? { holds(id) ? places[id.place] : nil }

  /// Notes when a timer's attempt started.
  mutating func start(_ id: HeldID, at moment: Moment, awake: AwakeClock) {
    guard holds(id) else { return }
    places[id.place]?.start = moment
    places[id.place]?.startedAwake = awake.microseconds
  }

  /// Notes how a timer's claim is to end.
  mutating func end(_ id: HeldID, by settlement: Settlement) {
    if holds(id) { places[id.place]?.settlement = settlement }
  }

  /// Notes that a timer is to be called back once it is given back.
  mutating func setAside(_ id: HeldID) {
    if holds(id) { places[id.place]?.isAside = true }
  }

  /// Lets a timer go.
  mutating func remove(_ id: HeldID) -> Held? {
    guard holds(id) else { return nil }
    freePlaces.append(id.place)
    return places[id.place].take()
  }

  /// Places are used again, by timers of other ids.
  private func holds(_ id: HeldID) -> Bool { id.place < places.count && places[id.place]?.id == id }
}
