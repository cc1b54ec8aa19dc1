import Logging
import Telemetry
import TelemetryOTLP
import TimerModel

/// The settings of a node and what was opened by them; the parts of the node use it.
struct NodeResources: Sendable {
  let configuration: ServerConfiguration
  let openedStore: OpenedStore
  let index: NearTermIndex
  let kafka: KafkaComponents?
  let outbox: OutboxComponents?
  let metrics: Metering
  let exporter: SpanExporter?
  let logger: Logger

  /// Opens the store, the index and what Kafka needs.
  ///
  /// - Throws: `StoreError` if the store cannot be used, `KafkaError` if librdkafka takes no producer.
  static func open(
    _ configuration: ServerConfiguration, tracing: TracingConfiguration, logger: Logger
  ) async throws -> NodeResources {
    let metrics = Metering(isOn: configuration.countsMetrics)
    let instruments = metrics.instruments
    let openedStore = try await OpenedStore.open(
      configuration.store, shardCount: configuration.shardCount, instruments: instruments, logger: logger
    ).metered(instruments)
    return NodeResources(
      configuration: configuration, openedStore: openedStore,
      index: NearTermIndex(configuration.index, logger: logger),
      kafka: try KafkaComponents(
        configuration.kafka, clock: openedStore.clock, instruments: instruments, logger: logger),
      outbox: try OutboxComponents(
        configuration.kafka, openedStore, instruments: instruments, logger: logger),
      metrics: metrics,
      exporter: SpanExporter(
        configuration: tracing, tracesPerSecond: configuration.maxTracesPerSecond, version: Version.number,
        instruments: instruments, logger: logger),
      logger: logger)
  }

  /// Closes what was opened.
  func close() async throws {
    index.close()
    try await openedStore.close()
  }

  var store: any TimerStore { openedStore.store }
  var clock: any NodeClock { openedStore.clock }
  var instruments: Instruments { metrics.instruments }
  var spans: Spans { exporter?.spans ?? .off }
}
