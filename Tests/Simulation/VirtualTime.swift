import HeapModule
import TimerModel

/// Time that passes only from one scheduled happening to the next.
struct VirtualTime {
  private struct Happening: Comparable {
    let at: Int64
    let order: Int
    let body: () -> Void

    static func < (a: Happening, b: Happening) -> Bool { (a.at, a.order) < (b.at, b.order) }
    static func == (a: Happening, b: Happening) -> Bool { a.order == b.order }
  }

  private var happenings = Heap<Happening>()
  private var scheduled = 0
  /// Microseconds from the beginning, on the monotonic clock of all nodes.
  private(set) var microseconds: Int64 = 0
  private var wallOffsetMicroseconds: Int64 = 1_800_000_000_000_000

  var now: Moment {
    Moment(
      storeMicroseconds: wallOffsetMicroseconds + microseconds,
      monotonic: MonotonicInstant(microseconds: microseconds))
  }

  /// The store's clocks: the lease clock is not stepped with the wall clock.
  var store: StoreTime {
    StoreTime(wall: now.store, lease: Timestamp(milliseconds: microseconds / 1000))
  }

  mutating func schedule(at time: Int64, _ body: @escaping () -> Void) {
    scheduled += 1
    happenings.insert(Happening(at: max(time, microseconds), order: scheduled, body: body))
  }

  mutating func schedule(at instant: MonotonicInstant, _ body: @escaping () -> Void) {
    schedule(at: instant.microseconds, body)
  }

  mutating func schedule(after delay: Int64, _ body: @escaping () -> Void) {
    schedule(at: microseconds + delay, body)
  }

  mutating func stepWall(by microseconds: Int64) { wallOffsetMicroseconds += microseconds }

  /// Moves on to the next happening, which the caller must then let happen.
  mutating func advance() -> (() -> Void)? {
    guard let next = happenings.popMin() else { return nil }
    microseconds = next.at
    return next.body
  }
}
