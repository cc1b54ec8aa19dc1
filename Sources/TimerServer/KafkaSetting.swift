import IngestKafka
import KafkaClient

/// The Kafka that the settings name.
struct KafkaSetting: Sendable {
  var client: KafkaConfiguration
  var ingest = KafkaIngestConfiguration()
  /// The topic of timers that name none.
  var firedTopic = ""
  /// The topic of events; nil publishes none.
  var eventsTopic: String?
  /// The topic of timers that were given up.
  var deadLettersTopic = ""
}
