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
  private(set) var monotonicMicroseconds: Int64 = 0
  private var wallOffsetMicroseconds: Int64 = 1_800_000_000_000_000

  var now: Moment {
    Moment(
      storeMicroseconds: wallOffsetMicroseconds + monotonicMicroseconds,
      monotonicMicroseconds: monotonicMicroseconds)
  }

  /// The store's clocks: the lease clock is not stepped with the wall clock.
  var store: StoreTime {
    StoreTime(wall: now.store, lease: Timestamp(milliseconds: monotonicMicroseconds / 1000))
  }

  mutating func schedule(at time: Int64, _ body: @escaping () -> Void) {
    scheduled += 1
    happenings.insert(Happening(at: max(time, monotonicMicroseconds), order: scheduled, body: body))
  }

  mutating func schedule(after microseconds: Int64, _ body: @escaping () -> Void) {
    schedule(at: monotonicMicroseconds + microseconds, body)
  }

  mutating func stepWall(by microseconds: Int64) { wallOffsetMicroseconds += microseconds }

  /// Moves on to the next happening, which the caller must then let happen.
  mutating func advance() -> (() -> Void)? {
    guard let next = happenings.popMin() else { return nil }
    monotonicMicroseconds = next.at
    return next.body
  }
}
