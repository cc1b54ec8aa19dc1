import IngestKafka
import KafkaClient
import PersistencePostgres
import SchedulerRedis
import TimerModel

/// Addresses of servers. They may hold passwords, so no problem repeats them.
extension SettingsReader {
  mutating func store() -> StoreSetting {
    let store = settings[.store]
    if store.hasPrefix("sqlite:"), store.utf8.count > 7 { return .sqlite(path: String(store.dropFirst(7))) }
    if store.hasPrefix("postgres://") || store.hasPrefix("postgresql://") {
      let configuration = PostgresConfiguration(
        connectionString: store, schema: settings[.storeSchema], shardCount: settings[.shardCount],
        connections: settings[.storeConnections], statementTimeout: settings[.storeStatementTimeout],
        migratesAtStart: settings[.migrateOnStart], acceptedLosses: settings[.acceptLossyStore])
      do {
        try configuration.check()
      } catch {
        refuse(.store, "an address of PostgreSQL: \(error.message)", isShown: false)
      }
      return .postgres(configuration)
    }
    refuse(.store, "sqlite: and a path, or postgres://user@host/database", isShown: false)
    return .sqlite(path: "")
  }

  mutating func index() -> IndexSetting {
    let index = settings[.index]
    if index == "memory:" { return .memory }
    do {
      return .redis(try RedisConfiguration(url: index))
    } catch {
      refuse(.index, "memory: or the address of a Redis: \(error)", isShown: false)
      return .memory
    }
  }

  mutating func kafka() -> KafkaSetting? {
    guard !settings[.kafka].isEmpty else { return nil }
    var setting = KafkaSetting(client: KafkaConfiguration(bootstrapServers: settings[.kafka]))
    setting.client.deliveryTimeout = settings[.kafkaDeliveryTimeout]
    setting.client.maxQueuedMessages = settings[.kafkaMaxInFlight] + 100_000
    do {
      setting.client.properties = try KafkaProperties(settings[.kafkaProperties])
      for property in setting.client.properties.all {
        if let rule = KafkaSetting.rule(brokenBy: property) {
          refuse(.kafkaProperties, rule, isShown: false)
        }
      }
      try setting.client.check()
    } catch let error as KafkaProperties.ParseError {
      refuse(.kafkaProperties, error.detail, isShown: false)
    } catch {
      refuse(.kafkaProperties, "properties that librdkafka knows: \(error)", isShown: false)
    }
    setting.firedTopic = settings[.kafkaFiredTopic]
    setting.deadLettersTopic = settings[.kafkaDeadLettersTopic]
    setting.eventsTopic = settings[.kafkaEvents] ? settings[.kafkaEventsTopic] : nil
    setting.ingest.group = settings[.kafkaGroup]
    setting.ingest.topic = settings[.kafkaCommandsTopic]
    setting.ingest.rejectedTopic = settings[.kafkaRejectedTopic]
    if setting.ingest.topic == setting.ingest.rejectedTopic {
      refuse(.kafkaRejectedTopic, "another topic than kafka-commands-topic")
    }
    return setting
  }
}
