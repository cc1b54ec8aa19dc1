/// The address of a cluster, and every property of librdkafka that an operator has set.
package struct KafkaConfiguration: Hashable, Sendable {
  /// `host:port` of brokers, separated by commas.
  package var bootstrapServers: String
  /// Properties that go before the defaults of this client; for producers and consumers alike.
  package var properties: KafkaProperties
  /// The time within which a message must be acknowledged.
  package var deliveryTimeout: Duration = .seconds(60)
  /// The maximum number of messages that wait in a producer.
  package var maxQueuedMessages = 200_000
  /// The interval at which statistics are reported to those who want them.
  package var statisticsInterval: Duration = .seconds(5)

  /// Creates a configuration; `check` finds properties that librdkafka does not take.
  package init(bootstrapServers: String, properties: KafkaProperties = KafkaProperties()) {
    self.bootstrapServers = bootstrapServers
    self.properties = properties
  }

  /// Finds out, without a connection, whether librdkafka takes all properties.
  ///
  /// - Throws: `KafkaError` that names the first one it does not take.
  package func check() throws(KafkaError) {
    _ = try KafkaHandle.Properties(producer(withStatistics: false))
    _ = try KafkaHandle.Properties(consumer(group: "check", withStatistics: false))
  }

  func producer(withStatistics: Bool) -> [KafkaProperty] {
    common(withStatistics) + [
      KafkaProperty("enable.idempotence", "true"), KafkaProperty("acks", "all"),
      // At 1,000/s some records share a request, which costs each 3 ms and takes half of the tail (docs/performance.md).
      KafkaProperty("linger.ms", "5"),
      KafkaProperty("message.timeout.ms", "\(deliveryTimeout.milliseconds)"),
      KafkaProperty("request.timeout.ms", "\(min(10_000, deliveryTimeout.milliseconds))"),
      KafkaProperty("queue.buffering.max.messages", "\(maxQueuedMessages)"),
      // The broker says what is too large.
      KafkaProperty("message.max.bytes", "67108864"),
      KafkaProperty("topic.metadata.propagation.max.ms", "5000"),
      // A record that is due does not wait for a connection to its broker.
      KafkaProperty("enable.sparse.connections", "false"),
    ] + properties.all
  }

  func consumer(group: String, withStatistics: Bool) -> [KafkaProperty] {
    common(withStatistics) + [
      KafkaProperty("auto.offset.reset", "earliest"),
      KafkaProperty("partition.assignment.strategy", "cooperative-sticky"),
      KafkaProperty("session.timeout.ms", "10000"), KafkaProperty("heartbeat.interval.ms", "1000"),
      KafkaProperty("fetch.wait.max.ms", "20"), KafkaProperty("fetch.error.backoff.ms", "100"),
      // What librdkafka holds ahead of us, per partition.
      KafkaProperty("queued.min.messages", "20000"), KafkaProperty("queued.max.messages.kbytes", "8192"),
    ] + properties.all + [
      // The store holds the offsets that count; those at the broker follow it.
      KafkaProperty("group.id", group), KafkaProperty("enable.auto.commit", "false"),
      KafkaProperty("enable.auto.offset.store", "false"),
    ]
  }

  private func common(_ withStatistics: Bool) -> [KafkaProperty] {
    [
      KafkaProperty("bootstrap.servers", bootstrapServers), KafkaProperty("client.id", "timerd"),
      KafkaProperty("client.software.name", "timerd"), KafkaProperty("log.queue", "true"),
      KafkaProperty("socket.nagle.disable", "true"), KafkaProperty("socket.keepalive.enable", "true"),
      KafkaProperty("socket.timeout.ms", "10000"),
      // A topic that was missing is found when it has been made, and not five minutes later.
      KafkaProperty("topic.metadata.refresh.interval.ms", "10000"),
      KafkaProperty("socket.connection.setup.timeout.ms", "5000"),
      // An outage ends when the broker is back, and not ten seconds later.
      KafkaProperty("reconnect.backoff.max.ms", "1000"),
      KafkaProperty(
        "statistics.interval.ms", withStatistics ? "\(statisticsInterval.milliseconds)" : "0"),
    ]
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
