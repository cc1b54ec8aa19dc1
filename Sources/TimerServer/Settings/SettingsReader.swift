import Delivery
import DeliveryHTTP
import Glibc
import HTTPAPI
import Scheduler
import TimerModel
import TimerWire

/// Puts legal values together to the configuration of each feature, and checks what one value alone cannot tell.
struct SettingsReader {
  let settings: SettingsSource
  private(set) var problems: [String]

  init(_ settings: SettingsSource) {
    self.settings = settings
    problems = settings.problems
  }

  /// Adds a problem with a value that is legal by itself; `rule` completes "must be". A value with a secret within is not repeated.
  mutating func refuse<Value>(_ key: SettingKey<Value>, _ rule: String, isShown: Bool = true) {
    let name = key.setting.name
    guard let value = settings.values[name] else { return }
    problems.append("\(value.origin): the value\(isShown ? value.quoted : "") of \(name) must be \(rule)")
  }

  /// A name for this run: what an earlier run of the same node has claimed is not this one's.
  func node() -> NodeID {
    let given = settings[.nodeID]
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let run = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return NodeID("\(given.isEmpty ? "\(host)-\(getpid())" : given)/\(run)")
  }

  func limits() -> CommandLimits {
    var limits = CommandLimits()
    limits.maxPayloadBytes = settings[.maxPayloadBytes]
    return limits
  }

  mutating func retryPolicy() -> RetryPolicy {
    let policy = RetryPolicy(
      maxAttempts: settings[.retryMaxAttempts],
      maxAttemptsDuration: settings[.retryMaxAttemptsDuration],
      initialInterval: settings[.retryInitialInterval],
      backoffMultiplier: settings[.retryBackoffMultiplier],
      maxInterval: settings[.retryMaxInterval])
    if policy.maxInterval < policy.initialInterval {
      refuse(.retryMaxInterval, "no shorter than retry-initial-interval")
    }
    return policy
  }

  func scheduler(_ node: NodeID, sharesIndex: Bool, _ kafka: KafkaSetting?) -> SchedulerConfiguration {
    var configuration = SchedulerConfiguration(node: node)
    configuration.indexReadInterval = sharesIndex ? .seconds(2) : nil
    configuration.claimAhead = settings[.claimAhead]
    configuration.claimLease = settings[.claimLease]
    if let kafka {
      // A claim outlives its attempt, and what librdkafka takes to say that its time is over.
      configuration.claimLease = max(configuration.claimLease, kafka.deliveryTimeout + .seconds(30))
    }
    configuration.horizon = settings[.indexHorizon]
    configuration.indexLimit = settings[.indexLimit]
    configuration.sweepInterval = settings[.sweepInterval]
    return configuration
  }

  func delivery(_ policy: RetryPolicy) -> DeliveryConfiguration {
    var configuration = DeliveryConfiguration()
    configuration.maxInFlight = settings[.maxInFlight]
    configuration.maxInFlightPerOrigin = settings[.maxInFlightPerOrigin]
    configuration.maxHeldPayloadBytes = settings[.maxHeldPayloadBytes]
    configuration.retryPolicy = policy
    configuration.attemptTimeout = settings[.callbackTimeout]
    #if Kafka
    configuration.queueing.timeout = settings[.kafkaDeliveryTimeout]
    configuration.queueing.maxInFlight = settings[.kafkaMaxInFlight]
    configuration.queueing.maxPayloadBytes = settings[.kafkaMaxHeldPayloadBytes]
    #endif
    configuration.retryAfterCeiling = settings[.retryAfterCeiling]
    configuration.minFiringInterval = settings[.minFiringInterval]
    return configuration
  }

  mutating func callbacks() -> HTTPDeliveryConfiguration {
    var configuration = HTTPDeliveryConfiguration()
    configuration.connectTimeout = settings[.callbackConnectTimeout]
    configuration.connectionLifetime = settings[.callbackConnectionLifetime]
    configuration.maxConnections = settings[.maxInFlight]
    configuration.maxConnectionsPerHost = settings[.maxInFlightPerOrigin]
    configuration.userAgent = "timerd/\(Version.number)"
    configuration.caFile = certificates()
    configuration.allowedNetworks = settings[.callbackAllowNetworks]
    configuration.signingSecrets = settings[.callbackSigningSecrets]
    return configuration
  }

  /// The file of certificates, which is read now and not at the first callback.
  private mutating func certificates() -> String? {
    let path = settings[.callbackCAFile]
    guard !path.isEmpty else { return nil }
    do {
      _ = try SettingsFile.read(path, largest: 4 << 20)
    } catch {
      refuse(.callbackCAFile, "a file of certificates: \(error)")
    }
    return path
  }

  func api(_ limits: CommandLimits) -> HTTPAPI.Configuration {
    var api = HTTPAPI.Configuration()
    api.host = settings[.listen].host
    api.port = settings[.listen].port
    api.administration = settings[.adminListen]
    api.requestDeadline = settings[.requestTimeout]
    api.idleTimeout = settings[.idleTimeout]
    api.maxBodyBytes = limits.maxPayloadBytes + (64 << 10)
    api.maxRequestsInFlight = settings[.maxRequestsInFlight]
    return api
  }
}
