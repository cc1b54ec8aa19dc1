import Delivery
import DeliveryHTTP
import HTTPAPI
import Ingest
import Logging
import Persistence
import PersistenceSQLite
import Scheduler
import ServiceLifecycle
import StepRunner
import TimerModel
import UnixSignals

/// Wires everything and runs until SIGTERM or SIGINT.
///
/// Services stop in the reverse order of their list: first no more requests, then no more commands, no more claims; then
/// what was started is finished, and at last the transport goes.
func serve(_ configuration: ServerConfiguration, logger: Logger) async throws {
  let clock = SystemClock()
  let store = try await SQLiteTimerStore.open(
    path: configuration.storePath, shardCount: configuration.shardCount, clock: clock)
  let scheduler = TimerScheduler(
    configuration: configuration.scheduler, store: store, index: InProcessTimerIndex(), clock: clock,
    logger: logger)
  scheduler.own(Array(0..<configuration.shardCount))
  let transport = HTTPDeliveryTransport(configuration: configuration.callbacks)
  let delivery = TimerDelivery(
    configuration: configuration.delivery, drainTimeout: configuration.drainTimeout, store: store,
    transport: transport, listener: scheduler, clock: clock, logger: logger)
  let ingest = CommandIngest(
    store: store, listener: scheduler, queueLimit: configuration.commandQueueLimit,
    batchLimit: configuration.commandBatchLimit, logger: logger)
  let api = HTTPAPI(
    commands: ingest, healthChecks: [StoreHealth(store: store)],
    decoder: CommandDecoder(limits: configuration.limits, defaultRetryPolicy: configuration.retryPolicy),
    defaultCallbackTimeoutSeconds: configuration.callbackTimeoutSeconds, configuration: configuration.api,
    clock: clock, logger: logger
  ) { port in
    logger.info("listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
  }
  let purge = RetentionPurge(
    store: store, retention: configuration.retention, interval: configuration.purgeInterval, logger: logger)
  let services: [any Service] = [
    transport, purge, delivery, scheduler.service(delivering: delivery), ingest, api,
  ]
  let group = ServiceGroup(
    configuration: ServiceGroupConfiguration(
      services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  logger.info(
    "starting", metadata: ["store": "\(configuration.storePath)", "node": "\(configuration.node)"])
  try await group.run()
  try store.close()
  logger.info("stopped")
}

/// Whether the store answers.
private struct StoreHealth: HealthCheck {
  let name = "store"
  let store: any TimerStore

  func check() async -> HealthReport {
    do {
      _ = try await store.timers([TimerKey(groupID: "health", timerID: "check")])
      return HealthReport(.ok)
    } catch {
      return HealthReport(.down, detail: "\(error)")
    }
  }
}
