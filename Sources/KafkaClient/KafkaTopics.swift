import CLibrdkafka

/// Keeps topics known to a client, which refreshes what it knows of them as long as this lives.
final class KafkaTopics: @unchecked Sendable {  // Nobody uses the pointers before their end.
  private let handle: KafkaHandle
  private var pointers: [OpaquePointer] = []

  /// Takes those of `names` that a broker's metadata says to exist.
  init(_ names: [String], in metadata: rd_kafka_metadata, of handle: KafkaHandle) {
    self.handle = handle
    for topic in UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
    where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && names.contains(String(cString: topic.topic)) {
      if let pointer = rd_kafka_topic_new(handle.pointer, topic.topic, nil) { pointers.append(pointer) }
    }
  }

  /// The topics that a broker's metadata says to exist.
  static func names(in metadata: rd_kafka_metadata) -> Set<String> {
    let topics = UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
    return Set(topics.filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR }.map { String(cString: $0.topic) })
  }

  deinit { for pointer in pointers { rd_kafka_topic_destroy(pointer) } }
}
