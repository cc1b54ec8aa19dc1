import CLibrdkafka

/// Changes what is read, in the way that the group's protocol wants.
enum Assignment {
  static func add(_ list: borrowing PartitionList, _ handle: OpaquePointer) -> KafkaError? {
    if isCooperative(handle) {
      return rd_kafka_incremental_assign(handle, list.pointer).map { KafkaError(consuming: $0) }
    }
    return KafkaError(unlessDone: rd_kafka_assign(handle, list.pointer))
  }

  static func remove(_ list: borrowing PartitionList, _ handle: OpaquePointer) -> KafkaError? {
    if isCooperative(handle) {
      return rd_kafka_incremental_unassign(handle, list.pointer).map { KafkaError(consuming: $0) }
    }
    return KafkaError(unlessDone: rd_kafka_assign(handle, nil))
  }

  /// Reads partitions that are assigned already from other places; those that are assigned no more are passed over.
  static func restart(_ positions: [KafkaPosition], _ handle: OpaquePointer) -> KafkaError? {
    var current: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    let code = rd_kafka_assignment(handle, &current)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let current else { return KafkaError(code) }
    defer { rd_kafka_topic_partition_list_destroy(current) }
    let assigned = Set(PartitionList.partitions(current))
    let moved = positions.filter { assigned.contains($0.partition) }
    guard !moved.isEmpty else { return nil }
    if isCooperative(handle) {
      return remove(PartitionList(moved.map(\.partition)), handle) ?? add(PartitionList(moved), handle)
    }
    // The older protocol assigns all or nothing: the others go on after the last record that was handed out.
    rd_kafka_position(handle, current)
    for position in moved {
      let offset = position.offset ?? Int64(RD_KAFKA_OFFSET_BEGINNING)
      rd_kafka_topic_partition_list_set_offset(
        current, position.partition.topic, position.partition.number, offset)
    }
    return KafkaError(unlessDone: rd_kafka_assign(handle, current))
  }

  private static func isCooperative(_ handle: OpaquePointer) -> Bool {
    rd_kafka_rebalance_protocol(handle).map { String(cString: $0) == "COOPERATIVE" } ?? false
  }
}

extension KafkaError {
  fileprivate init?(unlessDone code: rd_kafka_resp_err_t) {
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    self.init(code)
  }
}
