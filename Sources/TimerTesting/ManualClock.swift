import Synchronization
public import TimerModel

/// Clocks that stand still until a test moves them.
public final class ManualClock: NodeClock {
  private let moment: Mutex<Moment>

  /// Creates clocks that show `wall` and zero.
  public init(wall: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) {
    moment = Mutex(
      Moment(storeMicroseconds: wall.milliseconds * 1000, monotonic: MonotonicInstant(microseconds: 0)))
  }

  /// Returns the time of both clocks.
  public func now() -> Moment { moment.withLock { $0 } }

  /// Moves both clocks forward.
  public func advance(by duration: Duration) {
    moment.withLock {
      $0.storeMicroseconds += duration.microseconds
      $0.monotonic += duration
    }
  }

  /// Moves the wall clock alone, forward or back.
  public func stepWall(by duration: Duration) {
    moment.withLock { $0.storeMicroseconds += duration.microseconds }
  }
}
