import Delivery
import DeliveryHTTP
import HTTPAPI
import Ingest
import Logging
import Outbox
import Persistence
import Scheduler
import ServiceLifecycle
import Telemetry
import TelemetryOTLP
import TimerModel
import UnixSignals

/// Wires everything and runs until SIGTERM or SIGINT.
func serve(
  _ configuration: ServerConfiguration, tracing: TracingConfiguration, reload: LogLevelReload, logger: Logger
) async throws {
  let metrics = Metering(isOn: configuration.countsMetrics)
  let exporter = SpanExporter(
    configuration: tracing, tracesPerSecond: configuration.maxTracesPerSecond, version: Version.number,
    instruments: metrics.instruments, logger: logger)
  let openedStore = try await OpenedStore.open(
    configuration.store, shardCount: configuration.shardCount, instruments: metrics.instruments,
    logger: logger
  ).metered(metrics.instruments)
  let index = NearTermIndex(configuration.index, logger: logger)
  let kafka = try KafkaComponents(
    configuration.kafka, clock: openedStore.clock, instruments: metrics.instruments, logger: logger)
  let outbox = try OutboxComponents(
    configuration.kafka, openedStore, instruments: metrics.instruments, logger: logger)
  logger.info(
    "starting", metadata: ["node": "\(configuration.node)", "store": "\(configuration.shownStore)"])
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: ([reload]
        + services(configuration, openedStore, index, kafka, outbox, metrics, exporter, logger)).map {
          ServiceGroupConfiguration.ServiceConfiguration(service: $0)
        },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  try await group.run()
  index.close()
  try await openedStore.close()
  logger.info("stopped")
}

/// All services; they stop in the reverse order of this list: first a pause in which balancers turn away, then no more requests, then no more commands, no more claims; then what
/// was started is finished and what was given back is in the index, the shards and the node's name are given up, and at last the transport
/// goes.
private func services(
  _ configuration: ServerConfiguration, _ openedStore: OpenedStore, _ index: NearTermIndex,
  _ kafka: KafkaComponents?,
  _ outbox: OutboxComponents?, _ metrics: Metering, _ exporter: SpanExporter?, _ logger: Logger
) -> [any Service] {
  let spans = exporter?.spans ?? .off
  let (store, clock, instruments) = (openedStore.store, openedStore.clock, metrics.instruments)
  let scheduler = TimerScheduler(
    configuration: configuration.scheduler, store: store,
    index: MeteredTimerIndex(index.index, instruments), clock: clock, logger: logger,
    instruments: instruments, spans: spans)
  let transport = HTTPDeliveryTransport(configuration: configuration.callbacks)
  var settlements = configuration.delivery
  settlements.outbox = outbox?.policy
  let delivery = TimerDelivery(
    configuration: settlements, drainTimeout: configuration.drainTimeout, store: store,
    transport: DestinationTransport(http: transport, kafka: kafka?.transport), listener: scheduler,
    outboxListener: outbox?.relay, clock: clock, logger: logger, instruments: instruments, spans: spans)
  metrics.showQueuedMessages { (kafka?.waitingMessages ?? 0) + (outbox?.waitingMessages ?? 0) }
  let shutdown = ShutdownNotice()
  let decoder = CommandDecoder(
    limits: configuration.limits, defaultRetryPolicy: configuration.retryPolicy,
    kafkaTopic: configuration.kafka?.firedTopic)
  let ingest = CommandIngest(
    store: store, listener: scheduler, outbox: outbox?.commands, queueLimit: configuration.commandQueueLimit,
    batchLimit: configuration.commandBatchLimit, logger: logger, instruments: instruments, spans: spans)
  let api = HTTPAPI(
    commands: ingest,
    healthChecks: [StoreHealth(store: store)]
      + [index.health, kafka?.health, kafka?.logHealth].compactMap(\.self),
    decoder: decoder,
    defaultCallbackTimeoutSeconds: configuration.callbackTimeoutSeconds, configuration: configuration.api,
    clock: clock, logger: logger, metrics: metrics.registry, spans: spans,
    shutdown: shutdown
  ) { port in
    logger.info("listening", metadata: ["host": "\(configuration.api.host)", "port": "\(port)"])
  }
  let purge = RetentionPurge(
    store: store, retention: configuration.retention, interval: configuration.purgeInterval, logger: logger)
  let records = kafka?.ingest(
    store: store, decoder: decoder, listener: scheduler, outbox: outbox?.commands,
    clock: clock, spans: spans)
  let delay = ShutdownDelay(delay: configuration.shutdownDelay, notice: shutdown, logger: logger)
  let commands: [any Service] = [records].compactMap(\.self) + [ingest, api, delay]
  // It goes last: a node that stops can be watched until it has.
  let infrastructure: [(any Service)?] = [exporter, api.administration, transport, kafka?.closing, purge]
  let infrastructureServices = infrastructure.compactMap(\.self)
  guard let shared = openedStore.shared else {
    scheduler.own(Array(0..<configuration.shardCount))
    outbox?.relay.own(Array(0..<configuration.shardCount))
    metrics.recordAllShardsOwned(configuration.shardCount)
    return infrastructureServices + [outbox].compactMap(\.self) + [
      scheduler.service(delivering: delivery), delivery, scheduler.gate(),
    ] + commands
  }
  // Nobody knows of it before its first heartbeat.
  scheduler.leaseExtended(untilMonotonicMicroseconds: .min)
  let keeper = ShardKeeper(
    configuration: ShardConfiguration(node: configuration.node, shardCount: configuration.shardCount),
    record: NodeRecord(id: configuration.node, startedAt: clock.now().store, version: Version.number),
    store: shared.store, clock: shared.clock,
    listener: ShardKeeper.Listener(
      own: { shards in
        scheduler.own(shards)
        outbox?.relay.own(shards)
      },
      leaseExtended: { until in
        scheduler.leaseExtended(untilMonotonicMicroseconds: until)
        delivery.leaseExtended(untilMonotonicMicroseconds: until)
        outbox?.relay.leaseExtended(untilMonotonicMicroseconds: until)
      }),
    logger: logger, instruments: instruments)
  let gate = scheduler.gate { keeper.handOver() }
  return infrastructureServices + [keeper] + [outbox].compactMap(\.self) + [
    scheduler.service(delivering: delivery), delivery, gate,
  ] + commands
}
