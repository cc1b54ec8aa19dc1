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
import TimerModel
import TimerWire

extension Node {
  /// Puts a node together.
  init(_ resources: NodeResources, reload: LogLevelReload) {
    let configuration = resources.configuration
    let scheduler = Self.scheduler(resources)
    let callbacks = HTTPDeliveryTransport(configuration: configuration.callbacks)
    let delivery = Self.delivery(resources, scheduler, callbacks)
    let decoder = CommandDecoder(
      limits: configuration.limits, defaultRetryPolicy: configuration.retryPolicy,
      kafkaTopic: configuration.kafka?.firedTopic)
    let commands = Self.commands(resources, scheduler)
    let shutdown = ShutdownNotice()
    let api = Self.api(resources, commands, decoder, shutdown)
    let shards = Self.shards(resources, scheduler, delivery)
    let (kafka, outbox, metrics) = (resources.kafka, resources.outbox, resources.metrics)
    metrics.showQueuedMessages { (kafka?.waitingMessages ?? 0) + (outbox?.waitingMessages ?? 0) }

    announcement = ShutdownDelay(
      delay: configuration.shutdownDelay, notice: shutdown, logger: resources.logger)
    self.api = api
    self.commands = commands
    records = kafka?.ingest(
      store: resources.store, decoder: decoder, listener: scheduler, outbox: outbox?.commands,
      spans: resources.spans)
    gate = scheduler.gate { shards?.handOver() }
    self.delivery = delivery
    self.scheduler = scheduler.service(delivering: delivery)
    self.outbox = outbox
    self.shards = shards
    purge = RetentionPurge(
      store: resources.store, retention: configuration.retention, interval: configuration.purgeInterval,
      logger: resources.logger)
    transports = ([kafka?.closing, callbacks] as [(any Service)?]).compactMap(\.self)
    administration = api.administration
    exporter = resources.exporter
    self.reload = reload
  }

  private static func scheduler(_ resources: NodeResources) -> TimerScheduler {
    TimerScheduler(
      configuration: resources.configuration.scheduler, store: resources.store,
      index: MeteredTimerIndex(resources.index.index, resources.instruments), clock: resources.clock,
      logger: resources.logger, instruments: resources.instruments, spans: resources.spans)
  }

  private static func delivery(
    _ resources: NodeResources, _ scheduler: TimerScheduler, _ callbacks: HTTPDeliveryTransport
  ) -> TimerDelivery {
    var configuration = resources.configuration.delivery
    configuration.outbox = resources.outbox?.policy
    return TimerDelivery(
      configuration: configuration, drainTimeout: resources.configuration.drainTimeout,
      store: resources.store,
      transport: DestinationTransport(http: callbacks, kafka: resources.kafka?.transport),
      listener: scheduler, outboxListener: resources.outbox?.relay, clock: resources.clock,
      logger: resources.logger, instruments: resources.instruments, spans: resources.spans)
  }

  private static func commands(_ resources: NodeResources, _ scheduler: TimerScheduler) -> CommandIngest {
    CommandIngest(
      store: resources.store, listener: scheduler, outbox: resources.outbox?.commands,
      queueLimit: resources.configuration.commandQueueLimit,
      batchLimit: resources.configuration.commandBatchLimit, logger: resources.logger,
      instruments: resources.instruments, spans: resources.spans)
  }

  private static func api(
    _ resources: NodeResources, _ commands: CommandIngest, _ decoder: CommandDecoder,
    _ shutdown: ShutdownNotice
  ) -> HTTPAPI {
    let kafka = resources.kafka
    let (host, logger) = (resources.configuration.api.host, resources.logger)
    return HTTPAPI(
      commands: commands,
      healthChecks: [StoreHealth(store: resources.store)]
        + [resources.index.health, kafka?.health, kafka?.logHealth].compactMap(\.self),
      decoder: decoder,
      defaultCallbackTimeoutSeconds: resources.configuration.callbackTimeoutSeconds,
      configuration: resources.configuration.api, clock: resources.clock, logger: logger,
      search: resources.store as? any TimerSearch, metrics: resources.metrics.registry,
      spans: resources.spans, shutdown: shutdown
    ) { port in
      logger.info("listening", metadata: ["host": "\(host)", "port": "\(port)"])
    }
  }

  /// Shares the shards of a store with other nodes; nil where this node has them all, which it is told at once.
  private static func shards(
    _ resources: NodeResources, _ scheduler: TimerScheduler, _ delivery: TimerDelivery
  ) -> ShardKeeper? {
    let relay = resources.outbox?.relay
    let (node, shardCount) = (resources.configuration.node, resources.configuration.shardCount)
    guard let shared = resources.openedStore.shared else {
      scheduler.own(Array(0..<shardCount))
      relay?.own(Array(0..<shardCount))
      resources.metrics.recordAllShardsOwned(shardCount)
      return nil
    }
    // Nobody knows of it before its first heartbeat.
    scheduler.leaseExtended(until: .distantPast)
    return ShardKeeper(
      configuration: ShardConfiguration(node: node, shardCount: shardCount),
      record: NodeRecord(id: node, startedAt: resources.clock.now().store, version: Version.number),
      store: shared.store, clock: shared.clock,
      listener: ShardKeeper.Listener(
        own: { shards in
          scheduler.own(shards)
          relay?.own(shards)
        },
        leaseExtended: { until in
          scheduler.leaseExtended(until: until)
          delivery.leaseExtended(until: until)
          relay?.leaseExtended(until: until)
        }),
      logger: resources.logger, instruments: resources.instruments)
  }
}
