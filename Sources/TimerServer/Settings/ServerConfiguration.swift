import Delivery
import DeliveryHTTP
import HTTPAPI
import Logging
import Scheduler
import Telemetry
import TimerModel
import TimerWire

/// All settings, checked and typed.
struct ServerConfiguration: Sendable {
  let store: StoreSetting
  /// The store as people may see it.
  let shownStore: String
  let index: IndexSetting
  /// nil where there is no Kafka.
  let kafka: KafkaSetting?
  let shardCount: Int
  let node: NodeID
  let countsMetrics: Bool
  let maxTracesPerSecond: Int
  let logLevel: Logger.Level
  let logFormat: LogOutput.Format
  let limits: CommandLimits
  let retryPolicy: RetryPolicy
  let callbackTimeoutSeconds: Int
  let commandQueueLimit: Int
  let commandBatchLimit: Int
  let retention: Duration
  let purgeInterval: Duration
  let shutdownDelay: Duration
  let drainTimeout: Duration
  let scheduler: SchedulerConfiguration
  let delivery: DeliveryConfiguration
  let callbacks: HTTPDeliveryConfiguration
  let api: HTTPAPI.Configuration

  /// A configuration that cannot be used: one line for each problem.
  struct SettingsError: Error { let problems: [String] }

  init(_ settings: SettingsSource) throws(SettingsError) {
    var reader = SettingsReader(settings)
    store = reader.store()
    shownStore = settings.values["store"]?.shown ?? ""
    index = reader.index()
    kafka = reader.kafka()
    shardCount = settings[.shardCount]
    node = reader.node()
    maxTracesPerSecond = settings[.maxTracesPerSecond]
    countsMetrics = settings[.metrics]
    logLevel = settings[.logLevel]
    logFormat = settings[.logFormat]
    callbackTimeoutSeconds = Int(settings[.callbackTimeout].components.seconds)
    limits = reader.limits()
    retryPolicy = reader.retryPolicy()
    commandQueueLimit = settings[.commandQueueLimit]
    commandBatchLimit = settings[.commandBatchLimit]
    retention = settings[.retention]
    purgeInterval = settings[.purgeInterval]
    shutdownDelay = settings[.shutdownDelay]
    drainTimeout = settings[.drainTimeout]
    scheduler = reader.scheduler(node, sharesIndex: store.isShared, kafka)
    delivery = reader.delivery(retryPolicy)
    callbacks = reader.callbacks()
    api = reader.api(limits)
    guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
  }
}
