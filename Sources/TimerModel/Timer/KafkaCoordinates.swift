/// The coordinates of a record in Kafka.
public struct KafkaCoordinates: Hashable, Sendable {
  /// The topic's name, which has no slash.
  public var topic: String
  /// The partition's number within the topic, from 0.
  public var partition: Int32
  /// The record's offset in the partition.
  public var offset: Int64

  /// Creates the coordinates of one record.
  public init(topic: String, partition: Int32, offset: Int64) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }

  /// Reads what `description` wrote; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, let partition = Int32(parts[1]), let offset = Int64(parts[2])
    else { return nil }
    self.init(topic: String(parts[0]), partition: partition, offset: offset)
  }
}

extension KafkaCoordinates: CustomStringConvertible {
  /// Such as `timer-commands/3/1742`: topics have no slash in their names.
  public var description: String { "\(topic)/\(partition)/\(offset)" }
}
