import Telemetry

/// The metrics of this process, if they are counted.
struct Metering: Sendable {
  let registry: MetricsRegistry?
  let instruments: Instruments

  init(isOn: Bool) {
    registry = isOn ? MetricsRegistry(version: Version.number) : nil
    instruments = registry.map { Instruments($0) } ?? .off
    LogOutput.countSuppressed(instruments)
    let process = ProcessMetrics(instruments)
    instruments.onScrape { process.read() }
  }

  /// Shows how many messages wait for the broker.
  func showQueuedMessages(_ count: @escaping @Sendable () -> Int) {
    let depth = instruments.gauges(.queueDepth, by: QueueName.self)[.producer]
    instruments.onScrape { depth.set(count()) }
  }

  /// Shows what a node that shares its store with nobody has for itself.
  func recordAllShardsOwned(_ shardCount: Int) {
    instruments.gauge(.shardsOwned).set(shardCount)
    instruments.gauge(.liveNodes).set(1)
  }
}
