import Scheduler
import TimerModel

/// Claims, the near-term index and the sweep.
extension SettingKey<Duration> {
  private static var defaults: SchedulerConfiguration { SchedulerConfiguration(node: NodeID("")) }

  static var claimAhead: Self {
    .duration(
      "claim-ahead", default: defaults.claimAhead, in: .milliseconds(0)...(.seconds(5)),
      help: "Time before its due time at which a timer is claimed.")
  }
  static var claimLease: Self {
    .duration(
      "claim-lease", default: defaults.claimLease, in: .seconds(35)...(.seconds(600)),
      help: "Time after which a claim expires.")
  }
  static var indexHorizon: Self {
    .duration(
      "index-horizon", default: defaults.horizon, in: .seconds(30)...(.seconds(3600)),
      help: "Timers due within this time are in the near-term index.")
  }
  static var sweepInterval: Self {
    .duration(
      "sweep-interval", default: defaults.sweepInterval, in: .milliseconds(200)...(.seconds(60)),
      help: "Interval at which the store is searched for due timers that the index missed.")
  }
}

extension SettingKey<Int> {
  static var indexLimit: Self {
    .number(
      "index-limit", default: SchedulerConfiguration(node: NodeID("")).indexLimit, in: 1000...10_000_000,
      help: "Maximum entries of the near-term index.")
  }
}
