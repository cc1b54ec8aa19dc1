import Synchronization
package import TimerModel

/// The store's wall clock as this node estimates it from the store's answers: never ahead of it.
///
/// When an answer arrives the store's clock shows at least what the answer says. The estimate is the best of these lower bounds,
/// carried on by the monotonic clock, which no step of the node's own wall clock moves.
package final class StoreClock: NodeClock {
  private struct Estimate {
    /// The store's clock minus the monotonic one, in microseconds, as of `madeAt`.
    var difference: Int64
    var madeAt: MonotonicInstant

    /// The maximum drift of a disciplined clock against ours: 500 ppm.
    private static let driftDivisor: Int64 = 2000

    func difference(at monotonic: MonotonicInstant) -> Int64 {
      difference - monotonic.microseconds(since: madeAt) / Self.driftDivisor
    }
  }

  private let estimate: Mutex<Estimate>

  /// Creates a clock from a first answer of `store`.
  package static func start(by store: any TimerStore) async throws -> StoreClock {
    let (wall, sentAt, receivedAt) = try await query(store)
    let clock = StoreClock(wall: wall, receivedAt: receivedAt)
    clock.update(wall, sentAt: sentAt, receivedAt: receivedAt)
    return clock
  }

  /// In microseconds; a clock that shows a time beyond any that can be reckoned with shows the last that can.
  private static func microseconds(_ wall: Timestamp) -> Int64 {
    min(max(-latest, wall.milliseconds), latest) * 1000
  }

  /// Some 285,000 years from 1970, in milliseconds.
  private static let latest: Int64 = 1 << 53

  /// Creates a clock from an answer that arrived at the given time.
  package init(wall: Timestamp, receivedAt: MonotonicInstant) {
    estimate = Mutex(
      Estimate(
        difference: Self.microseconds(wall) - receivedAt.microseconds, madeAt: receivedAt))
  }

  /// Returns the estimate of the store's clock, and this node's monotonic clock.
  package func now() -> Moment { moment(at: SystemClock.monotonic()) }

  /// Both clocks when the monotonic one shows the given time.
  package func moment(at monotonic: MonotonicInstant) -> Moment {
    let difference = estimate.withLock { $0.difference(at: monotonic) }
    return Moment(storeMicroseconds: monotonic.microseconds + difference, monotonic: monotonic)
  }

  /// The store's clock minus this machine's wall clock, in microseconds.
  package var offsetMicroseconds: Int64 {
    let machine = SystemClock().now()
    return moment(at: machine.monotonic).storeMicroseconds - machine.storeMicroseconds
  }

  /// Asks the store for its time and takes the answer.
  package func set(by store: any TimerStore) async throws {
    let (wall, sentAt, receivedAt) = try await Self.query(store)
    update(wall, sentAt: sentAt, receivedAt: receivedAt)
  }

  /// Takes an answer: raises the estimate to what it proves, or starts again if the store's clock was set back.
  package func update(
    _ wall: Timestamp, sentAt: MonotonicInstant, receivedAt: MonotonicInstant
  ) {
    let least = Self.microseconds(wall) - receivedAt.microseconds
    // The store rounds down to the millisecond, and read its clock after it was asked.
    let most = Self.microseconds(wall) + 999 - sentAt.microseconds
    estimate.withLock { estimate in
      let current = estimate.difference(at: receivedAt)
      let better = current > most ? least : max(current, least)
      estimate = Estimate(difference: better, madeAt: receivedAt)
    }
  }

  private static func query(_ store: any TimerStore) async throws -> (
    Timestamp, sentAt: MonotonicInstant, receivedAt: MonotonicInstant
  ) {
    let sentAt = SystemClock.monotonic()
    let wall = try await store.time().wall
    return (wall, sentAt, SystemClock.monotonic())
  }
}
