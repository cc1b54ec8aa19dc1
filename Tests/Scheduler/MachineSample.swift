import Scheduler
import TimerModel

/// Values for the tests of the scheduler's machines.
enum MachineSample {
  static let configuration = SchedulerConfiguration(node: NodeID("node"))
  static let now = Moment(
    storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 0))

  static func entry(_ id: String, in milliseconds: Int64 = 0, shard: Int = 0) -> DueEntry {
    DueEntry(
      key: TimerKey(groupID: "g", timerID: id), shard: shard, dueAt: now.store + .milliseconds(milliseconds))
  }

  static func timer(_ entry: DueEntry, claimedBy node: NodeID? = nil) -> Timer {
    let definition = TimerDefinition(
      executeAt: entry.dueAt, destination: .http(HTTPDestination(url: "http://example.com/")))
    var timer = Timer(creating: CreateTimer(key: entry.key, definition: definition), at: now.store)
    timer.claim = node.map { Claim(node: $0, deadline: now.store + .seconds(45)) }
    return timer
  }
}

extension Moment {
  /// Returns both clocks when `duration` has passed.
  func after(_ duration: Duration) -> Moment {
    Moment(
      storeMicroseconds: storeMicroseconds + duration.microseconds, monotonic: monotonic + duration)
  }
}
