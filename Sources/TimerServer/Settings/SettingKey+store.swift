import TimerModel

/// The store and the near-term index.
extension SettingKey<String> {
  static var store: Self {
    .text(
      "store", default: "sqlite:./data/timerd.db",
      help: "Timer store: sqlite: and a path, postgres://user@host/database or mysql://user@host/database.")
  }
  static var index: Self {
    .text("index", default: "memory:", help: "Near-term index: memory:, or the address of a Redis.")
  }
}

extension SettingKey<Int> {
  static var shardCount: Self {
    .number(
      "shard-count", default: 64, in: 1...4096,
      help: "Number of shards of a new store; cannot be changed later.")
  }
}

extension SettingKey<Duration> {
  static var retention: Self {
    .duration(
      "retention", default: .seconds(7 * 86_400), in: .seconds(60)...(.seconds(365 * 86_400)),
      help: "Time for which ended timers stay readable.")
  }
  static var purgeInterval: Self {
    .duration(
      "purge-interval", default: .seconds(60), in: .seconds(1)...(.seconds(3600)),
      help: "Interval at which ended timers are purged.")
  }
}
