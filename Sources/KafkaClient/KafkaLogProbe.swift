import CLibrdkafka
package import Logging
import NodeRuntime
import TimerModel

/// Looks at what a broker has of partitions, beside the consumer that reads them.
package struct KafkaLogProbe: Sendable {
  private let configuration: KafkaConfiguration
  private let group: String
  private let observer: KafkaObserver

  /// Creates a probe, which connects each time; it uses the name of `group`, which it does not join, so that it needs no right of its own.
  package init(configuration: KafkaConfiguration, group: String, logger: Logger) {
    self.configuration = configuration
    self.group = group
    observer = KafkaObserver(logger: logger, statistics: nil)
  }

  /// Looks at partitions, each on its own: one that cannot be looked at stands in no other's way.
  ///
  /// - Returns: one view per query, in order; nil where the broker gave no answer in time.
  /// - Throws: `KafkaError` if no client could be made.
  package func inspect(_ queries: [KafkaLogQuery], within timeout: Duration) async throws
    -> [KafkaLogView?]
  {
    try await withCheckedThrowingContinuation { continuation in
      NamedThread.start(name: "timerd-kafka-q") {
        continuation.resume(
          with: Result {
            let deadline = SystemClock.monotonic() + timeout
            let inspection = try KafkaLogInspection(configuration, group, observer, deadline: deadline)
            return inspection.views(of: queries)
          })
      }
    }
  }
}

/// One look, on its own thread, with a client of its own.
private struct KafkaLogInspection {
  private enum FirstEvent {
    case record(KafkaRecord)
    case end(Int64)
    case outside
  }

  /// The offset of the first record, and the one after the last.
  private struct Watermarks {
    var low: Int64
    var high: Int64
  }

  private let queue: KafkaQueue
  private let observer: KafkaObserver
  private let deadline: MonotonicInstant

  /// The time that a broker has to report what is behind the end it named. Some brokers name an end before
  /// the last records, and report nothing of what is behind the true one.
  private static let endTimeout = Duration.milliseconds(1500)

  init(
    _ configuration: KafkaConfiguration, _ group: String, _ observer: KafkaObserver,
    deadline: MonotonicInstant
  ) throws(KafkaError) {
    let properties =
      configuration.consumer(group: group, withStatistics: false) + [
        KafkaProperty("enable.partition.eof", "true"), KafkaProperty("auto.offset.reset", "error"),
        // Only a record of each partition is wanted.
        KafkaProperty("queued.min.messages", "1"), KafkaProperty("fetch.message.max.bytes", "65536"),
        // A broker whose records lie on remote storage may give up fetching them after this time.
        KafkaProperty("fetch.wait.max.ms", "200"),
      ]
    let events = RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG
    queue = .consumer(of: try KafkaHandle(RD_KAFKA_CONSUMER, properties, events: events))
    self.observer = observer
    self.deadline = deadline
  }

  private var handle: OpaquePointer { queue.handle.pointer }

  func views(of queries: [KafkaLogQuery]) -> [KafkaLogView?] {
    var watermarks: [KafkaPartition: Watermarks] = [:]
    for query in queries { watermarks[query.partition] = queryWatermarks(query.partition) }
    var offsets: [KafkaPartition: Int64] = [:]
    for query in queries {
      guard let marks = watermarks[query.partition] else { continue }
      guard let offset = query.offset else {
        offsets[query.partition] = marks.high
        continue
      }
      if offset >= marks.low { offsets[query.partition] = offset }
    }
    let ends = Set(queries.filter { $0.offset == nil }.map(\.partition))
    let events = firstEvents(at: offsets, toEndOf: ends, watermarks)
    let views = queries.map { query in
      watermarks[query.partition].flatMap { view(query, $0, events[query.partition]) }
    }
    let complete = addingFirstRecords(views, of: queries)
    for (query, view) in zip(queries, complete)
    where view == nil && watermarks[query.partition] != nil {
      observer.logger.notice(
        "cannot read a partition",
        metadata: ["partition": "\(query.partition)", "error": "no broker sent its records in time"])
    }
    return complete
  }

  private func queryWatermarks(_ partition: KafkaPartition) -> Watermarks? {
    var (low, high): (Int64, Int64) = (0, 0)
    guard let wait = millisecondsLeft() else { return nil }
    let code = rd_kafka_query_watermark_offsets(
      handle, partition.topic, partition.number, &low, &high, min(wait, 5000))
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, low >= 0, high >= low else {
      observer.logger.notice(
        "cannot read a partition",
        metadata: ["partition": "\(partition)", "error": "\(KafkaError(code))"])
      return nil
    }
    return Watermarks(low: low, high: high)
  }

  private func view(_ query: KafkaLogQuery, _ marks: Watermarks, _ event: FirstEvent?) -> KafkaLogView? {
    var view = KafkaLogView(low: marks.low, end: marks.high)
    guard let offset = query.offset else {
      switch event {
      case .end(let end): view.end = max(marks.high, end)
      case .record(let last): view.end = max(marks.high, last.next)
      case .outside, nil: break
      }
      return view
    }
    switch event {
    case .record(let record):
      view.end = max(marks.high, record.next)
      if record.offset == offset {
        view.match = query.digest.map { $0 == record.digest } ?? true ? .same : .different
      } else {
        view.match = .gap
      }
    case .end(let end):
      view.end = max(marks.high, end)
      view.match = .end(view.end)
    case .outside: view.match = .outside
    case nil:
      guard offset < marks.low || offset >= marks.high else { return nil }
      view.match = .outside
    }
    return view
  }

  /// Returns the views, completed by the first record of each log that is not as expected.
  private func addingFirstRecords(_ views: [KafkaLogView?], of queries: [KafkaLogQuery]) -> [KafkaLogView?] {
    var offsets: [KafkaPartition: Int64] = [:]
    for (query, view) in zip(queries, views) {
      if let view, view.isUnexpected(query), view.low < view.end { offsets[query.partition] = view.low }
    }
    guard !offsets.isEmpty else { return views }
    let events = firstEvents(at: offsets, toEndOf: [], [:])
    return zip(queries, views).map { query, view in
      guard var view, view.isUnexpected(query) else { return view }
      guard case .record(let first) = events[query.partition] else {
        return view.low < view.end ? nil : view
      }
      view.firstTimestamp = first.timestampMilliseconds
      if let last = query.timestamp { view.younger = younger(than: last, query.partition) }
      return view
    }
  }

  /// The first record that is younger than a time, within the margin.
  private func younger(than timestamp: Int64, _ partition: KafkaPartition) -> Int64? {
    guard let wait = millisecondsLeft() else { return nil }
    let margin = KafkaLogView.margin.milliseconds
    let since = timestamp > margin ? timestamp - margin : 0
    let list = PartitionList([KafkaPosition(partition, offset: since)])
    guard rd_kafka_offsets_for_times(handle, list.pointer, wait) == RD_KAFKA_RESP_ERR_NO_ERROR,
      let offset = list.pointer.pointee.elems?.pointee.offset, offset >= 0
    else { return nil }
    return offset
  }

  /// Collects the first event of each position; of the partitions in `toEndOf`, the last before their end.
  private func firstEvents(
    at offsets: [KafkaPartition: Int64], toEndOf ends: Set<KafkaPartition>,
    _ watermarks: [KafkaPartition: Watermarks]
  ) -> [KafkaPartition: FirstEvent] {
    guard !offsets.isEmpty else { return [:] }
    let list = PartitionList(offsets.map { KafkaPosition($0.key, offset: $0.value) })
    guard rd_kafka_assign(handle, list.pointer) == RD_KAFKA_RESP_ERR_NO_ERROR else { return [:] }
    defer { rd_kafka_assign(handle, nil) }
    let startedAt = SystemClock.monotonic()
    var events: [KafkaPartition: FirstEvent] = [:]
    var open = Set(offsets.keys)
    /// Those of which a broker may have nothing to say.
    let mayHaveNoRecords = open.filter { partition in
      watermarks[partition].map { offsets[partition, default: 0] >= $0.high } ?? false
    }
    while !open.isEmpty {
      let waitsUntilDeadline = !open.isSubset(of: mayHaveNoRecords)
      let until = waitsUntilDeadline ? deadline : min(deadline, startedAt + Self.endTimeout)
      let wait = until.microseconds(since: SystemClock.monotonic()) / 1000
      guard wait > 0 else { break }
      guard let event = rd_kafka_queue_poll(queue.pointer, Int32(min(wait, 1000))) else { continue }
      defer { rd_kafka_event_destroy(event) }
      process(event, &events, &open, ends)
    }
    return events
  }

  private func process(
    _ event: OpaquePointer, _ events: inout [KafkaPartition: FirstEvent], _ open: inout Set<KafkaPartition>,
    _ ends: Set<KafkaPartition>
  ) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_FETCH:
      while let message = rd_kafka_event_message_next(event) {
        let record = ConsumerReader.record(message, headers: [])
        guard open.contains(record.partition) else { continue }
        events[record.partition] = .record(record)
        if !ends.contains(record.partition) { open.remove(record.partition) }
      }
    case RD_KAFKA_EVENT_ERROR:
      guard let element = rd_kafka_event_topic_partition(event) else { return }
      defer { rd_kafka_topic_partition_destroy(element) }
      let partition = KafkaPartition(
        topic: String(cString: element.pointee.topic), number: element.pointee.partition)
      switch rd_kafka_event_error(event) {
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        if open.remove(partition) != nil { events[partition] = .end(element.pointee.offset) }
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        if open.remove(partition) != nil { events[partition] = .outside }
      // librdkafka tries again until the deadline.
      default: break
      }
    default: _ = observer.handle(event)
    }
  }

  /// Nil once there is no time left.
  private func millisecondsLeft() -> Int32? {
    let left = deadline.microseconds(since: SystemClock.monotonic()) / 1000
    return left > 0 ? Int32(min(left, 60_000)) : nil
  }
}

extension KafkaLogView {
  /// Returns true if what was found says that the log may be another one.
  fileprivate func isUnexpected(_ query: KafkaLogQuery) -> Bool {
    switch match {
    case nil, .same, .gap: false
    case .different: true
    case .end(let end): end <= query.offset ?? 0
    case .outside: query.offset.map { $0 >= low } ?? false
    }
  }
}

extension KafkaRecord {
  /// The offset after it.
  var next: Int64 { offset < .max ? offset + 1 : .max }
}
