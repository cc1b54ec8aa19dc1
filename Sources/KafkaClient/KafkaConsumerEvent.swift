/// An event of a consumer; events come in order, on the consumer's own thread.
package enum KafkaConsumerEvent: Sendable {
  /// These partitions are to be read from now on, besides others; answered by `assign`, before which nothing of them comes.
  case assigned([KafkaPartition])
  /// These partitions are to be given up; answered by `unassign`, without which the group waits. `isLost` says that others may
  /// have them already.
  case revoked([KafkaPartition], isLost: Bool)
  /// Records, those of one partition in its order.
  case records([KafkaRecord])
  /// The partitions are read from where `seek` said: records that were told of before are from elsewhere.
  case sought([KafkaPartition])
  /// A partition has no record at the offset that is to be read next, nor any place for one; nothing more comes of it until `seek`.
  case outOfRange(KafkaPartition)
  /// Something went wrong that librdkafka goes on trying to mend; what cannot be mended is fatal.
  case failed(KafkaError)
}
