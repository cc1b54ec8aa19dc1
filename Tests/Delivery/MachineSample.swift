import TimerModel

@testable import Delivery

/// Values for the tests of Delivery's machines.
enum MachineSample {
  static let now = Moment(
    storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))

  /// Returns both clocks when `duration` has passed.
  static func after(_ duration: Duration) -> Moment {
    Moment(
      storeMicroseconds: now.storeMicroseconds + duration.microseconds, monotonic: now.monotonic + duration)
  }

  static func id(_ number: Int) -> DeliveryID { DeliveryID(number: UInt64(number), slot: number) }

  static func due(_ id: String) -> DueEntry {
    DueEntry(key: TimerKey(groupID: "g", timerID: id), shard: 0, dueAt: now.store + .seconds(9))
  }
}
