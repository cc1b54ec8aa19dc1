import CLibrdkafka
import Logging

/// Turns librdkafka's events into a consumer's; used on its thread only.
struct ConsumerReader: Sendable {
  let loop: KafkaLoop
  let observer: KafkaObserver
  let listener: KafkaConsumer.Listener
  let batchLimit: Int
  /// The names of the headers that are kept; nil keeps all.
  let headers: [String]?
  let isClosing: @Sendable () -> Bool
  let onRebalance: @Sendable () -> Void
  let takePendingRebalance: @Sendable () -> Bool

  /// Takes an event, and with records all that follow at once.
  func handle(_ event: OpaquePointer) {
    guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH else { return handleOther(event) }
    var records: [KafkaRecord] = []
    read(event, into: &records)
    while records.count < batchLimit, let next = loop.nextEvent() {
      defer { rd_kafka_event_destroy(next) }
      if rd_kafka_event_type(next) == RD_KAFKA_EVENT_FETCH {
        read(next, into: &records)
      } else {
        // The order of what is told is that of what happened.
        flush(&records)
        handleOther(next)
      }
    }
    flush(&records)
  }

  private func flush(_ records: inout [KafkaRecord]) {
    guard !records.isEmpty else { return }
    listener(.records(records))
    records = []
  }

  private func handleOther(_ event: OpaquePointer) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_REBALANCE: rebalance(event)
    case RD_KAFKA_EVENT_ERROR: fail(event)
    case RD_KAFKA_EVENT_OFFSET_COMMIT: logCommitError(event)
    default: _ = observer.handle(event)
    }
  }

  private func rebalance(_ event: OpaquePointer) {
    let list = rd_kafka_event_topic_partition_list(event)
    let partitions = PartitionList.partitions(list)
    onRebalance()
    if rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
      return listener(.assigned(partitions))
    }
    listener(.revoked(partitions, isLost: rd_kafka_assignment_lost(loop.handle) != 0))
    // Who closes does not wait for an answer.
    if isClosing(), takePendingRebalance() { _ = Assignment.remove(PartitionList(partitions), loop.handle) }
  }

  private func fail(_ event: OpaquePointer) {
    let code = rd_kafka_event_error(event)
    let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
    let isFatal = rd_kafka_event_error_is_fatal(event) != 0 || code == RD_KAFKA_RESP_ERR__FATAL
    if code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, let element = rd_kafka_event_topic_partition(event) {
      defer { rd_kafka_topic_partition_destroy(element) }
      return listener(
        .outOfRange(
          KafkaPartition(topic: String(cString: element.pointee.topic), number: element.pointee.partition)))
    }
    listener(.failed(KafkaError(code, message: text, isFatal: isFatal)))
  }

  private func logCommitError(_ event: OpaquePointer) {
    let code = rd_kafka_event_error(event)
    let isError = code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NO_OFFSET
    // The broker's offsets are for people who watch; the next ones will tell more.
    if isError {
      observer.logger.debug("offsets were not committed", metadata: ["error": "\(KafkaError(code))"])
    }
  }

  private func read(_ event: OpaquePointer, into records: inout [KafkaRecord]) {
    while let message = rd_kafka_event_message_next(event) {
      guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
        if message.pointee.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET {
          listener(.outOfRange(Self.partition(of: message)))
          continue
        }
        listener(.failed(KafkaError(message.pointee.err, message: text)))
        continue
      }
      records.append(Self.record(message, headers: headers))
    }
  }

  /// Reads a record; `names` are those of the headers that are kept, nil keeps all.
  static func record(_ message: UnsafePointer<rd_kafka_message_t>, headers names: [String]?) -> KafkaRecord {
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let time = rd_kafka_message_timestamp(message, &kind)
    return KafkaRecord(
      partition: partition(of: message), offset: message.pointee.offset,
      key: bytes(message.pointee.key, message.pointee.key_len),
      value: bytes(message.pointee.payload, message.pointee.len), headers: headers(of: message, names),
      timestampMilliseconds: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || time < 0 ? nil : time)
  }

  private static func partition(of message: UnsafePointer<rd_kafka_message_t>) -> KafkaPartition {
    let topic = timerd_kafka_message_topic(message).map { String(cString: $0) } ?? ""
    return KafkaPartition(topic: topic, number: message.pointee.partition)
  }

  /// A record may have hundreds of thousands of headers: those that nobody asks for take no memory.
  private static func headers(
    of message: UnsafePointer<rd_kafka_message_t>, _ names: [String]?
  ) -> [KafkaHeader] {
    var list: OpaquePointer?
    if let names, names.isEmpty { return [] }
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
    guard let names else { return allHeaders(of: list) }
    return names.compactMap { name in
      var value: UnsafeRawPointer?
      var size = 0
      guard rd_kafka_header_get_last(list, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR else {
        return nil
      }
      return KafkaHeader(name, bytes(value, size))
    }
  }

  private static func allHeaders(of list: OpaquePointer) -> [KafkaHeader] {
    var found: [KafkaHeader] = []
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, found.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      found.append(KafkaHeader(name.map { String(cString: $0) } ?? "", bytes(value, size)))
    }
    return found
  }

  private static func bytes(_ pointer: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
    pointer.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
  }
}
