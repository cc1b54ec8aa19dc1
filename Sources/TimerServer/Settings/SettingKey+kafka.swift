#if Kafka
import Delivery
import IngestKafka
import KafkaClient
import TimerWire

/// Kafka: its topics, and the limits of what is on its way there.
extension SettingKey<String> {
  private static var defaults: KafkaIngestConfiguration { KafkaIngestConfiguration() }

  static var kafka: Self {
    .text(
      "kafka", default: "",
      help: "Kafka brokers as host:port, separated by commas; if empty, Kafka is not used.")
  }
  static var kafkaProperties: Self {
    .text(
      "kafka-properties", default: "",
      help:
        "librdkafka properties as name=value, separated by commas; \\, is a comma within a value. Properties that would break a promise are refused."
    )
  }
  static var kafkaGroup: Self {
    .text(
      "kafka-group", default: defaults.group, mustBe: "the name of a consumer group",
      help: "Consumer group that reads commands; all nodes on one store share it."
    ) { !$0.isEmpty }
  }
  static var kafkaCommandsTopic: Self {
    topic("kafka-commands-topic", default: defaults.topic, help: "Topic that commands are read from.")
  }
  static var kafkaRejectedTopic: Self {
    topic(
      "kafka-rejected-topic", default: defaults.rejectedTopic,
      help: "Topic for rejected commands, each with the reason.")
  }
  static var kafkaFiredTopic: Self {
    topic("kafka-fired-topic", default: "timer-fired", help: "Default topic for timers that name none.")
  }
  static var kafkaDeadLettersTopic: Self {
    topic(
      "kafka-dead-letters-topic", default: "timer-dead-letters",
      help: "Topic for dead letters, with payload and attempts.")
  }
  static var kafkaEventsTopic: Self {
    topic("kafka-events-topic", default: "timer-events", help: "Topic for timer events.")
  }

  private static func topic(_ name: String, default value: String, help: String) -> Self {
    // The rule begins with the words that a problem puts before it.
    let rule = String(TopicRule.description.trimmingPrefix("must be "))
    return .text(name, default: value, mustBe: rule, help: help, check: TopicRule.allows)
  }
}

extension SettingKey<Bool> {
  static var kafkaEvents: Self { .flag("kafka-events", default: false, help: "Publish timer events.") }
}

extension SettingKey<Duration> {
  static var kafkaDeliveryTimeout: Self {
    .duration(
      "kafka-delivery-timeout", default: DeliveryConfiguration().queueing.timeout,
      in: .seconds(1)...(.seconds(300)),
      help: "Timeout of an attempt to Kafka; a record without an acknowledgement by then is retried.")
  }
}

extension SettingKey<Int> {
  private static var defaults: QueueBudget { DeliveryConfiguration().queueing }

  static var kafkaMaxInFlight: Self {
    .number(
      "kafka-max-in-flight", default: defaults.maxInFlight, in: 1...1_000_000,
      help: "Maximum attempts to Kafka in flight, besides callbacks.")
  }
  static var kafkaMaxHeldPayloadBytes: Self {
    .number(
      "kafka-max-held-payload-bytes", default: defaults.maxPayloadBytes, in: (1 << 20)...(1 << 34),
      help: "Maximum payload bytes of attempts to Kafka in flight.")
  }
}
#endif
