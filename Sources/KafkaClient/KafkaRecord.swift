import CLibrdkafka

/// A header of a record; values are bytes in Kafka.
public struct KafkaHeader: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The value; nil is null.
  public var value: [UInt8]?

  /// Creates a header.
  public init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// Creates a header whose value is text.
  public init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }

  /// The value as text; nil if it is none.
  public var text: String? { value.flatMap { String(validating: $0, as: UTF8.self) } }
}

/// A record to be produced.
public struct KafkaMessage: Hashable, Sendable {
  /// The topic.
  public var topic: String
  /// The key, which also decides the partition; without one librdkafka chooses.
  public var key: [UInt8]?
  /// The value; nil is a tombstone.
  public var value: [UInt8]?
  /// The headers, in order.
  public var headers: [KafkaHeader]

  /// Creates a message.
  public init(topic: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// A record as it was consumed.
public struct KafkaRecord: Hashable, Sendable {
  /// The partition of the record.
  public var partition: KafkaPartition
  /// Its offset there.
  public var offset: Int64
  /// Its key.
  public var key: [UInt8]?
  /// Its value; nil is a tombstone.
  public var value: [UInt8]?
  /// Its headers, in order.
  public var headers: [KafkaHeader]
  /// The timestamp of the record, in milliseconds since the epoch; nil if unknown.
  public var timestampMilliseconds: Int64?

  /// Creates a record.
  public init(
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
  public func header(_ name: String) -> String? { headers.last { $0.name == name }?.text }
}

/// A partition of a topic.
public struct KafkaPartition: Hashable, Sendable, CustomStringConvertible {
  /// The topic.
  public var topic: String
  /// The partition's number.
  public var number: Int32

  /// Creates a partition.
  public init(topic: String, number: Int32) {
    self.topic = topic
    self.number = number
  }

  /// Such as `timer-commands/3`.
  public var description: String { "\(topic)/\(number)" }
}

/// A place in a partition.
public struct KafkaPosition: Hashable, Sendable {
  /// The partition.
  public var partition: KafkaPartition
  /// The offset; nil stands for the partition's beginning.
  public var offset: Int64?

  /// Creates a position.
  public init(_ partition: KafkaPartition, offset: Int64?) {
    self.partition = partition
    self.offset = offset
  }

  /// The same, but where nothing is said the group goes on from what it has committed to the broker.
  public var orCommitted: KafkaPosition {
    KafkaPosition(partition, offset: offset ?? Int64(RD_KAFKA_OFFSET_STORED))
  }
}
