#if Kafka
import IngestKafka
import KafkaClient
import TimerModel
#endif

extension SettingsReader {
  #if Kafka
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
  #else
  func kafka() -> KafkaSetting? { nil }
  #endif
}
