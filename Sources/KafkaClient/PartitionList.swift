import CLibrdkafka

/// Owns a list of partitions with offsets, as librdkafka wants and gives them.
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  /// Creates a list; a position without an offset stands for the partition's beginning.
  init(_ positions: [KafkaPosition]) {
    guard let pointer = rd_kafka_topic_partition_list_new(Int32(positions.count)) else {
      preconditionFailure("librdkafka has no memory")
    }
    self.pointer = pointer
    for position in positions {
      let element = rd_kafka_topic_partition_list_add(
        pointer, position.partition.topic, position.partition.number)
      element?.pointee.offset = position.offset ?? Int64(RD_KAFKA_OFFSET_BEGINNING)
    }
  }

  /// Creates a list without offsets.
  init(_ partitions: [KafkaPartition]) { self.init(partitions.map { KafkaPosition($0, offset: nil) }) }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  /// The first error that librdkafka noted beside a partition.
  var firstError: KafkaError? {
    for element in UnsafeBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
    where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
      return KafkaError(element.err)
    }
    return nil
  }

  /// The partitions beside which librdkafka noted this error.
  func failed(with code: rd_kafka_resp_err_t) -> Set<KafkaPartition> {
    let elements = UnsafeBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
    return Set(
      elements.filter { $0.err == code }.map {
        KafkaPartition(topic: String(cString: $0.topic), number: $0.partition)
      })
  }

  /// The partitions of a list that belongs to librdkafka.
  static func partitions(
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> [KafkaPartition] {
    guard let list = list?.pointee else { return [] }
    return UnsafeBufferPointer(start: list.elems, count: Int(list.cnt)).map {
      KafkaPartition(topic: String(cString: $0.topic), number: $0.partition)
    }
  }
}
