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
