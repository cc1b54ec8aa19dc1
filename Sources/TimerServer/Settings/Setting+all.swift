extension Setting {
  /// All settings, in the order of docs/configuration.md.
  static let all: [Setting] =
    [Setting(.listen), Setting(.adminListen), Setting(.metrics), Setting(.maxTracesPerSecond)]
    + [Setting(.store)] + postgres + database + [Setting(.index)] + kafka + [
      Setting(.nodeID), Setting(.logLevel), Setting(.logFormat), Setting(.shardCount),
      Setting(.maxPayloadBytes), Setting(.maxRequestsInFlight), Setting(.requestTimeout),
      Setting(.idleTimeout), Setting(.commandQueueLimit), Setting(.commandBatchLimit),
      Setting(.maxInFlight), Setting(.maxInFlightPerOrigin), Setting(.maxHeldPayloadBytes),
      Setting(.callbackTimeout), Setting(.callbackConnectTimeout), Setting(.callbackConnectionLifetime),
      Setting(.callbackAllowNetworks), Setting(.callbackCAFile), Setting(.callbackSigningSecrets),
      Setting(.retryMaxAttempts), Setting(.retryMaxAttemptsDuration), Setting(.retryInitialInterval),
      Setting(.retryBackoffMultiplier), Setting(.retryMaxInterval), Setting(.retryAfterCeiling),
      Setting(.minFiringInterval), Setting(.claimAhead), Setting(.claimLease), Setting(.indexHorizon),
      Setting(.indexLimit), Setting(.sweepInterval), Setting(.retention), Setting(.purgeInterval),
      Setting(.shutdownDelay), Setting(.drainTimeout),
    ]

  #if Postgres
  private static let postgres: [Setting] = [Setting(.storeSchema)]
  #else
  private static let postgres: [Setting] = []
  #endif

  #if Postgres || MySQL
  private static let database: [Setting] = [
    Setting(.storeConnections), Setting(.storeStatementTimeout), Setting(.migrateOnStart),
    Setting(.acceptLossyStore),
  ]
  #else
  private static let database: [Setting] = []
  #endif

  #if Kafka
  private static let kafka: [Setting] = [
    Setting(.kafka), Setting(.kafkaProperties), Setting(.kafkaGroup), Setting(.kafkaCommandsTopic),
    Setting(.kafkaRejectedTopic), Setting(.kafkaFiredTopic), Setting(.kafkaDeadLettersTopic),
    Setting(.kafkaEvents), Setting(.kafkaEventsTopic), Setting(.kafkaDeliveryTimeout),
    Setting(.kafkaMaxInFlight), Setting(.kafkaMaxHeldPayloadBytes),
  ]
  #else
  private static let kafka: [Setting] = []
  #endif

  private init<Value>(_ key: SettingKey<Value>) { self = key.setting }
}
