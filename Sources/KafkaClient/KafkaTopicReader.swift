import CLibrdkafka
package import Logging
import NodeRuntime
import TimerModel

/// Reads what a topic holds at one moment, as a member of no group.
package struct KafkaTopicReader: Sendable {
  private let configuration: KafkaConfiguration
  private let group: String
  private let headers: [String]?
  private let observer: KafkaObserver

  /// Creates a reader; it connects with each reading.
  ///
  /// - Parameters:
  ///   - group: the name of a group that the broker lets this user read for; the reader does not join it.
  ///   - headers: the names of the headers of records that are kept; nil keeps all.
  package init(
    configuration: KafkaConfiguration, group: String = "timerd", headers: [String]? = nil, logger: Logger
  ) {
    self.configuration = configuration
    self.group = group
    self.headers = headers
    observer = KafkaObserver(logger: logger, statistics: nil)
  }

  /// Reads the records from a time on, all those at least that are there when the reading begins; a topic that does not exist has
  /// none.
  ///
  /// - Parameters:
  ///   - since: in milliseconds since the epoch.
  ///   - timeout: how long the whole reading may take.
  ///   - pick: what is kept of a record; called from a thread of the reading's own.
  /// - Throws: `KafkaError` if not all of them could be read in time.
  package func read<Value: Sendable>(
    _ topic: String, since: Int64, within timeout: Duration,
    pick: @escaping @Sendable (KafkaRecord) -> Value?
  ) async throws -> [Value] {
    try await withCheckedThrowingContinuation { continuation in
      NamedThread.start(name: "timerd-kafka-r") {
        continuation.resume(
          with: Result {
            let deadline = SystemClock.monotonic() + timeout
            let reading = try KafkaTopicReading(configuration, group, headers, observer, topic, deadline)
            return try reading.values(since: since, pick)
          })
      }
    }
  }
}

/// One reading, on its own thread, with a client of its own.
private struct KafkaTopicReading {
  private let queue: KafkaQueue
  private let observer: KafkaObserver
  private let topic: String
  private let headers: [String]?
  private let deadline: MonotonicInstant

  init(
    _ configuration: KafkaConfiguration, _ group: String, _ headers: [String]?, _ observer: KafkaObserver,
    _ topic: String, _ deadline: MonotonicInstant
  ) throws(KafkaError) {
    let properties =
      configuration.consumer(group: group, withStatistics: false) + [
        KafkaProperty("enable.partition.eof", "true"),
        // A broker whose records lie on remote storage may give up fetching them after this time.
        KafkaProperty("fetch.wait.max.ms", "1000"),
      ]
    let events = RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG
    queue = .consumer(of: try KafkaHandle(RD_KAFKA_CONSUMER, properties, events: events))
    self.observer = observer
    self.topic = topic
    self.headers = headers
    self.deadline = deadline
  }

  private var handle: OpaquePointer { queue.handle.pointer }

  func values<Value>(since: Int64, _ pick: (KafkaRecord) -> Value?) throws(KafkaError) -> [Value] {
    let ends = try ends()
    let starts = try starts(of: ends.keys.sorted(), since: since)
    let positions = starts.keys.sorted().map {
      KafkaPosition(KafkaPartition(topic: topic, number: $0), offset: starts[$0])
    }
    guard !positions.isEmpty else { return [] }
    let list = PartitionList(positions)
    let code = rd_kafka_assign(handle, list.pointer)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    defer { rd_kafka_assign(handle, nil) }
    var unread = Set(starts.keys)
    var values: [Value] = []
    while !unread.isEmpty {
      guard let event = rd_kafka_queue_poll(queue.pointer, try millisecondsLeft()) else { continue }
      defer { rd_kafka_event_destroy(event) }
      switch rd_kafka_event_type(event) {
      case RD_KAFKA_EVENT_FETCH:
        while let message = rd_kafka_event_message_next(event) {
          if let value = pick(ConsumerReader.record(message, headers: headers)) { values.append(value) }
        }
      case RD_KAFKA_EVENT_ERROR:
        if let partition = try partitionAtItsEnd(event, ends) { unread.remove(partition) }
      default: _ = observer.handle(event)
      }
    }
    return values
  }

  /// The partition that an event says is read to its end; nil if that end lies before the one that was asked for, and for errors
  /// that can pass: librdkafka tries again until the deadline.
  ///
  /// The end that was asked for would not do alone: some brokers name the beginning of the last batch, and a compacted topic's last
  /// offsets may hold nothing.
  private func partitionAtItsEnd(
    _ event: OpaquePointer, _ ends: [Int32: Int64]
  ) throws(KafkaError) -> Int32? {
    let code = rd_kafka_event_error(event)
    guard code == RD_KAFKA_RESP_ERR__PARTITION_EOF else {
      let error = KafkaError(code)
      // The group is only a name here; it may be for others to use.
      let isOfGroup = code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
      if !error.isRetriable, !isOfGroup { throw error }
      return nil
    }
    guard let element = rd_kafka_event_topic_partition(event) else { return nil }
    defer { rd_kafka_topic_partition_destroy(element) }
    let end = ends[element.pointee.partition] ?? 0
    return element.pointee.offset >= end ? element.pointee.partition : nil
  }

  /// The offset after the last record of each partition; none if there is no such topic.
  private func ends() throws(KafkaError) -> [Int32: Int64] {
    var ends: [Int32: Int64] = [:]
    for partition in try partitions() {
      var low: Int64 = 0
      var high: Int64 = 0
      let code = rd_kafka_query_watermark_offsets(
        handle, topic, partition, &low, &high, try millisecondsLeft())
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
      ends[partition] = high
    }
    return ends
  }

  private func partitions() throws(KafkaError) -> [Int32] {
    guard let object = rd_kafka_topic_new(handle, topic, nil) else { throw KafkaError(rd_kafka_last_error()) }
    defer { rd_kafka_topic_destroy(object) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(handle, 0, object, &metadata, try millisecondsLeft())
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw KafkaError(code) }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt == 1, let found = metadata.pointee.topics?.pointee else { return [] }
    switch found.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR: break
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: return []
    default: throw KafkaError(found.err)
    }
    return UnsafeBufferPointer(start: found.partitions, count: Int(found.partition_cnt)).map(\.id)
  }

  /// Returns the first offsets at or after a time; a partition without later records has no entry.
  private func starts(of partitions: [Int32], since: Int64) throws(KafkaError) -> [Int32: Int64] {
    guard !partitions.isEmpty else { return [:] }
    let list = PartitionList(
      partitions.map { KafkaPosition(KafkaPartition(topic: topic, number: $0), offset: max(0, since)) })
    let code = rd_kafka_offsets_for_times(handle, list.pointer, try millisecondsLeft())
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    if let error = list.firstError { throw error }
    var starts: [Int32: Int64] = [:]
    for element in UnsafeBufferPointer(start: list.pointer.pointee.elems, count: partitions.count)
    where element.offset >= 0 {
      starts[element.partition] = element.offset
    }
    return starts
  }

  private func millisecondsLeft() throws(KafkaError) -> Int32 {
    let left = deadline.microseconds(since: SystemClock.monotonic()) / 1000
    guard left > 0 else { throw KafkaError(code: .timedOut, message: "\(topic) was not read in time") }
    return Int32(min(left, 60_000))
  }
}
