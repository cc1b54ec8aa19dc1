import CLibrdkafka

/// A header of a record; values are bytes in Kafka.
package struct KafkaHeader: Hashable, Sendable {
  /// The name; several headers of a record may have the same one.
  package var name: String
  /// The value; nil is null.
  package var value: [UInt8]?

  package init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// Creates a header whose value is text.
  package init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }

  /// The value as text; nil if it is none.
  package var text: String? { value.flatMap { String(validating: $0, as: UTF8.self) } }
}

/// A record to be produced.
package struct KafkaMessage: Hashable, Sendable {
  package var topic: String
  /// The key, which also decides the partition; without one librdkafka chooses.
  package var key: [UInt8]?
  /// The value; nil is a tombstone.
  package var value: [UInt8]?
  /// The headers, in order.
  package var headers: [KafkaHeader]

  package init(topic: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// A record as it was consumed.
package struct KafkaRecord: Hashable, Sendable {
  package var partition: KafkaPartition
  /// Its offset in the partition, from 0.
  package var offset: Int64
  /// Its key; nil is null.
  package var key: [UInt8]?
  /// Its value; nil is a tombstone.
  package var value: [UInt8]?
  /// Its headers, in order.
  package var headers: [KafkaHeader]
  /// The timestamp of the record, in milliseconds since the epoch; nil if unknown.
  package var timestampMilliseconds: Int64?

  package init(
    partition: KafkaPartition, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = [],
    timestampMilliseconds: Int64? = nil
  ) {
    self.partition = partition
    self.offset = offset
    self.key = key
    self.value = value
    self.headers = headers
    self.timestampMilliseconds = timestampMilliseconds
  }

  /// The last header of a name, as text.
  package func header(_ name: String) -> String? { headers.last { $0.name == name }?.text }
}

/// A partition of a topic.
package struct KafkaPartition: Hashable, Sendable, CustomStringConvertible {
  package var topic: String
  /// The partition's number within the topic, from 0.
  package var number: Int32

  package init(topic: String, number: Int32) {
    self.topic = topic
    self.number = number
  }

  /// The topic and the number, such as `timer-commands/3`.
  package var description: String { "\(topic)/\(number)" }
}

/// A place in a partition.
package struct KafkaPosition: Hashable, Sendable {
  package var partition: KafkaPartition
  /// The offset; nil stands for the partition's beginning.
  package var offset: Int64?

  package init(_ partition: KafkaPartition, offset: Int64?) {
    self.partition = partition
    self.offset = offset
  }

  /// The same, but where nothing is said the group goes on from what it has committed to the broker.
  package var orCommitted: KafkaPosition {
    KafkaPosition(partition, offset: offset ?? Int64(RD_KAFKA_OFFSET_STORED))
  }
}
