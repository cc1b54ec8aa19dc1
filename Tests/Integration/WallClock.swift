import NodeRuntime
import TimerModel

/// The wall clock of the tests.
enum WallClock {
  static func milliseconds() -> Int64 { SystemClock().now().store.milliseconds }
}
