#if Kafka
import IngestKafka
import KafkaClient
import TimerModel

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

  /// The longest that Kafka may take to acknowledge a fired timer.
  var deliveryTimeout: Duration { client.deliveryTimeout }

  /// The topics that an operator has to make, each once.
  var topics: [String] {
    let all =
      [ingest.topic, ingest.rejectedTopic, firedTopic, deadLettersTopic] + [eventsTopic].compactMap(\.self)
    return Set(all.filter { !$0.isEmpty }).sorted()
  }

  /// Returns the rule that a property breaks: some may not change, since the promises rest on them. Returns
  /// nil if it breaks none.
  static func rule(brokenBy property: KafkaProperty) -> String? {
    switch property.name {
    case "message.timeout.ms", "delivery.timeout.ms":
      """
      without \(property.name): kafka-delivery-timeout is that of fired timers; for rejections, dead letters and events it is \
      \(OutboxComponents.deliveryTimeout.text), less than the \(OutboxComponents.quarantine.text) after which another node may publish them
      """
    case "enable.idempotence" where property.value != "true":
      "with enable.idempotence=true, as a record that is sent again would be there twice"
    case "acks" where !isAll(property.value), "request.required.acks" where !isAll(property.value):
      "with \(property.name)=all, as a record that one broker has may be lost with it"
    case "auto.offset.reset" where ["latest", "largest", "end"].contains(property.value):
      "with auto.offset.reset=earliest or error, as commands would be passed over"
    case "transactional.id":
      "without transactional.id, as such a producer sends nothing outside of a transaction"
    case "delivery.report.only.error" where property.value != "false":
      "with delivery.report.only.error=false, as a timer is settled by the report of its success"
    default: nil
    }
  }

  private static func isAll(_ acks: String) -> Bool { ["all", "-1"].contains(acks) }
}
#endif
