import Delivery
import DeliveryHTTP
import Glibc
import HTTPAPI
import IngestKafka
import KafkaClient
import Logging
import PersistencePostgres
import Scheduler
import SchedulerRedis
import Telemetry
import TimerModel

/// All settings, checked and typed.
struct ServerConfiguration: Sendable {
  let host: String
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
  struct Invalid: Error { let problems: [String] }

  init(_ source: SettingsSource) throws(Invalid) {
    var reader = SettingsReader(source)
    let (host, port) = reader.listen()
    self.host = host
    store = reader.store()
    shownStore = source.values["store"]?.shown ?? ""
    index = reader.index()
    kafka = reader.kafka()
    shardCount = reader.integer("shard-count")
    node = reader.node()
    maxTracesPerSecond = reader.integer("max-traces-per-second")
    countsMetrics = reader.text("metrics") == "true"
    logLevel = Logger.Level(rawValue: reader.text("log-level")) ?? .info
    logFormat = LogOutput.Format(rawValue: reader.text("log-format")) ?? .auto
    let timeout = reader.duration("callback-timeout")
    callbackTimeoutSeconds = Int(timeout.components.seconds)
    limits = reader.limits()
    retryPolicy = reader.retryPolicy()
    commandQueueLimit = reader.integer("command-queue-limit")
    commandBatchLimit = reader.integer("command-batch-limit")
    retention = reader.duration("retention")
    purgeInterval = reader.duration("purge-interval")
    shutdownDelay = reader.duration("shutdown-delay")
    drainTimeout = reader.duration("drain-timeout")
    scheduler = reader.scheduler(node, sharesIndex: store.isShared, kafka)
    delivery = reader.delivery(retryPolicy, timeout)
    callbacks = reader.callbacks()
    var api = HTTPAPI.Configuration()
    api.host = host
    api.port = port
    api.administration = reader.administration()
    api.requestDeadline = reader.duration("request-timeout")
    api.idleTimeout = reader.duration("idle-timeout")
    api.maxBodyBytes = limits.maxPayloadBytes + (64 << 10)
    api.maxRequestsInFlight = reader.integer("max-requests-in-flight")
    self.api = api
    guard reader.problems.isEmpty else { throw Invalid(problems: reader.problems) }
  }
}

/// Reads values that the source has found legal, and checks what one value alone cannot tell.
private struct SettingsReader {
  let source: SettingsSource
  var problems: [String]

  init(_ source: SettingsSource) {
    self.source = source
    problems = source.problems
  }

  func text(_ name: String) -> String { source.values[name]?.text ?? "" }
  func integer(_ name: String) -> Int { Int(text(name)) ?? 0 }
  func duration(_ name: String) -> Duration { Duration(text: text(name)) ?? .zero }

  private mutating func refuse(_ name: String, _ rule: String, isShown: Bool = true) {
    guard let value = source.values[name] else { return }
    problems.append("\(value.origin): the value\(isShown ? value.quoted : "") of \(name) must be \(rule)")
  }

  mutating func listen() -> (String, Int) { address("listen") ?? ("", 0) }

  mutating func administration() -> HTTPAPI.Address? {
    text("admin-listen").isEmpty ? nil : address("admin-listen").map { HTTPAPI.Address(host: $0, port: $1) }
  }

  private mutating func address(_ name: String) -> (String, Int)? {
    let parts = text(name).split(separator: ":", omittingEmptySubsequences: false)
    let host = parts.dropLast().joined(separator: ":").filter { $0 != "[" && $0 != "]" }
    if let port = parts.last.flatMap({ Int($0) }), !host.isEmpty, (0...65_535).contains(port) {
      return (host, port)
    }
    refuse(name, "an address and a port such as 127.0.0.1:8080")
    return nil
  }

  mutating func store() -> StoreSetting {
    let store = text("store")
    if store.hasPrefix("sqlite:"), store.utf8.count > 7 { return .sqlite(path: String(store.dropFirst(7))) }
    if store.hasPrefix("postgres://") || store.hasPrefix("postgresql://") {
      let configuration = PostgresConfiguration(
        connectionString: store, schema: text("store-schema"), shardCount: integer("shard-count"),
        connections: integer("store-connections"), statementTimeout: duration("store-statement-timeout"),
        migratesAtStart: text("migrate-on-start") == "true", acceptedLosses: losses())
      do {
        try configuration.check()
      } catch {
        refuse("store", "an address of PostgreSQL: \(error.message)", isShown: false)
      }
      if !(1...63).contains(configuration.schema.utf8.count) {
        refuse("store-schema", "a name of 1 to 63 bytes")
      }
      return .postgres(configuration)
    }
    // The address may hold a password.
    refuse("store", "sqlite: and a path, or postgres://user@host/database", isShown: false)
    return .sqlite(path: "")
  }

  private func losses() -> Set<PostgresDurability> {
    switch text("accept-lossy-store") {
    case "true": Set(PostgresDurability.allCases)
    case let list: Set(list.split(separator: ",").compactMap { PostgresDurability(rawValue: String($0)) })
    }
  }

  mutating func index() -> IndexSetting {
    let index = text("index")
    if index == "memory:" { return .memory }
    do {
      return .redis(try RedisConfiguration(url: index))
    } catch {
      refuse("index", "memory: or the address of a Redis: \(error)", isShown: false)
      return .memory
    }
  }

  /// A name for this run: what an earlier run of the same node has claimed is not this one's.
  func node() -> NodeID {
    let given = text("node-id")
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let run = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return NodeID("\(given.isEmpty ? "\(host)-\(getpid())" : given)/\(run)")
  }

  func limits() -> CommandLimits {
    var limits = CommandLimits()
    limits.maxPayloadBytes = integer("max-payload-bytes")
    limits.callbackTimeoutSeconds = 1...30
    return limits
  }

  mutating func retryPolicy() -> RetryPolicy {
    let policy = RetryPolicy(
      maxAttempts: integer("retry-max-attempts"),
      maxAttemptsDuration: duration("retry-max-attempts-duration"),
      initialInterval: duration("retry-initial-interval"),
      backoffMultiplier: Double(text("retry-backoff-multiplier")) ?? 1,
      maxInterval: duration("retry-max-interval"))
    if policy.maxInterval < policy.initialInterval {
      refuse("retry-max-interval", "no shorter than retry-initial-interval")
    }
    return policy
  }

  mutating func kafka() -> KafkaSetting? {
    guard !text("kafka").isEmpty else { return nil }
    var setting = KafkaSetting(client: KafkaConfiguration(bootstrapServers: text("kafka")))
    setting.client.deliveryTimeout = duration("kafka-delivery-timeout")
    setting.client.maxQueuedMessages = integer("kafka-max-in-flight") + 100_000
    do {
      setting.client.properties = try KafkaProperties(text("kafka-properties"))
      for property in setting.client.properties.all {
        if let rule = KafkaSetting.rule(brokenBy: property) {
          refuse("kafka-properties", rule, isShown: false)
        }
      }
      try setting.client.check()
    } catch let error as KafkaProperties.ParseError {
      refuse("kafka-properties", error.detail, isShown: false)
    } catch {
      refuse("kafka-properties", "properties that librdkafka knows: \(error)", isShown: false)
    }
    setting.firedTopic = topic("kafka-fired-topic")
    setting.deadLettersTopic = topic("kafka-dead-letters-topic")
    let eventsTopic = topic("kafka-events-topic")
    setting.eventsTopic = text("kafka-events") == "true" ? eventsTopic : nil
    setting.ingest.group = text("kafka-group")
    if setting.ingest.group.isEmpty { refuse("kafka-group", "the name of a consumer group") }
    setting.ingest.topic = topic("kafka-commands-topic")
    setting.ingest.rejectedTopic = topic("kafka-rejected-topic")
    if setting.ingest.topic == setting.ingest.rejectedTopic {
      refuse("kafka-rejected-topic", "another topic than kafka-commands-topic")
    }
    return setting
  }

  private mutating func topic(_ name: String) -> String {
    let topic = text(name)
    // The rule begins with the words that `refuse` puts before it.
    if !TopicRule.allows(topic) { refuse(name, String(TopicRule.description.trimmingPrefix("must be "))) }
    return topic
  }

  func scheduler(_ node: NodeID, sharesIndex: Bool, _ kafka: KafkaSetting?) -> SchedulerConfiguration {
    var configuration = SchedulerConfiguration(node: node)
    configuration.indexReadInterval = sharesIndex ? .seconds(1) : nil
    configuration.claimAhead = duration("claim-ahead")
    configuration.claimLease = duration("claim-lease")
    if let kafka {
      // A claim outlives its attempt, and what librdkafka takes to say that its time is over.
      configuration.claimLease = max(configuration.claimLease, kafka.client.deliveryTimeout + .seconds(30))
    }
    configuration.horizon = duration("index-horizon")
    configuration.indexLimit = integer("index-limit")
    configuration.sweepInterval = duration("sweep-interval")
    return configuration
  }

  func delivery(_ policy: RetryPolicy, _ timeout: Duration) -> DeliveryConfiguration {
    var configuration = DeliveryConfiguration()
    configuration.maxInFlight = integer("max-in-flight")
    configuration.maxInFlightPerOrigin = integer("max-in-flight-per-origin")
    configuration.maxHeldPayloadBytes = integer("max-held-payload-bytes")
    configuration.retryPolicy = policy
    configuration.attemptTimeout = timeout
    configuration.kafkaTimeout = duration("kafka-delivery-timeout")
    configuration.maxKafkaInFlight = integer("kafka-max-in-flight")
    configuration.maxKafkaPayloadBytes = integer("kafka-max-held-payload-bytes")
    configuration.retryAfterCeiling = duration("retry-after-ceiling")
    configuration.minFiringInterval = duration("min-firing-interval")
    return configuration
  }

  /// The file of certificates, which is looked at now and not at the first callback.
  private mutating func certificates() -> String? {
    let path = text("callback-ca-file")
    guard !path.isEmpty else { return nil }
    do {
      _ = try SettingsFile.read(path, largest: 4 << 20)
    } catch {
      refuse("callback-ca-file", "a file of certificates: \(error)")
    }
    return path
  }

  mutating func callbacks() -> HTTPDeliveryConfiguration {
    var configuration = HTTPDeliveryConfiguration()
    configuration.connectTimeout = duration("callback-connect-timeout")
    configuration.connectionLifetime = duration("callback-connection-lifetime")
    configuration.maxConnections = integer("max-in-flight")
    configuration.maxConnectionsPerHost = integer("max-in-flight-per-origin")
    configuration.userAgent = "timerd/\(Version.number)"
    configuration.caFile = certificates()
    let networks = text("callback-allow-networks").split(separator: ",")
    configuration.allowedNetworks = networks.compactMap { CIDR($0) }
    if configuration.allowedNetworks.count < networks.count {
      refuse("callback-allow-networks", "CIDRs such as 10.0.0.0/8, separated by commas")
    }
    let secrets = text("callback-signing-secrets").split(separator: ",")
    configuration.signingSecrets = secrets.compactMap { WebhookSecret($0) }
    if configuration.signingSecrets.count < secrets.count {
      refuse("callback-signing-secrets", "whsec_ and the base64 of 24 to 64 bytes, separated by commas")
    }
    return configuration
  }
}
