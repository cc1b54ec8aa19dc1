import CLibrdkafka
package import Logging
import StepRunner

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
  /// - Returns: one view per question, in order; nil where the broker gave no answer in time.
  /// - Throws: `KafkaError` if no client could be made.
  package func look(at questions: [KafkaLogQuestion], within timeout: Duration) async throws
    -> [KafkaLogView?]
  {
    try await withCheckedThrowingContinuation { continuation in
      NamedThread.start(name: "timerd-kafka-q") {
        continuation.resume(
          with: Result {
            let deadline = SystemClock.monotonicMicroseconds() + timeout.milliseconds * 1000
            let look = try KafkaLogLook(configuration, group, observer, deadline: deadline)
            return look.views(of: questions)
          })
      }
    }
  }
}

/// One look, on its own thread, with a client of its own.
private struct KafkaLogLook {
  /// The first thing that was heard of a partition.
  private enum Heard {
    case record(KafkaRecord)
    case end(Int64)
    case outside
  }

  /// The findings about a partition so far.
  private struct Finding {
    var low: Int64
    var high: Int64
  }

  private let queue: KafkaQueue
  private let observer: KafkaObserver
  private let deadline: Int64

  /// The time that a broker has to report what is behind the end it named. Some brokers name an end before
  /// the last records, and report nothing of what is behind the true one.
  private static let patience: Int64 = 1_500_000

  init(
    _ configuration: KafkaConfiguration, _ group: String, _ observer: KafkaObserver, deadline: Int64
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

  func views(of questions: [KafkaLogQuestion]) -> [KafkaLogView?] {
    var findings: [KafkaPartition: Finding] = [:]
    for question in questions { findings[question.partition] = finding(question.partition) }
    var places: [KafkaPartition: Int64] = [:]
    for question in questions {
      guard let found = findings[question.partition] else { continue }
      guard let offset = question.offset else {
        places[question.partition] = found.high
        continue
      }
      if offset >= found.low { places[question.partition] = offset }
    }
    let ends = Set(questions.filter { $0.offset == nil }.map(\.partition))
    let heard = listen(at: places, toEndOf: ends, findings)
    let views = questions.map { question in
      findings[question.partition].flatMap { view(question, $0, heard[question.partition]) }
    }
    let complete = withFirsts(views, of: questions)
    for (question, view) in zip(questions, complete)
    where view == nil && findings[question.partition] != nil {
      observer.logger.notice(
        "cannot read a partition",
        metadata: ["partition": "\(question.partition)", "error": "no broker sent its records in time"])
    }
    return complete
  }

  private func finding(_ partition: KafkaPartition) -> Finding? {
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
    return Finding(low: low, high: high)
  }

  private func view(_ question: KafkaLogQuestion, _ found: Finding, _ heard: Heard?) -> KafkaLogView? {
    var view = KafkaLogView(low: found.low, end: found.high)
    guard let offset = question.offset else {
      switch heard {
      case .end(let end): view.end = max(found.high, end)
      case .record(let last): view.end = max(found.high, last.next)
      case .outside, nil: break
      }
      return view
    }
    switch heard {
    case .record(let record):
      view.end = max(found.high, record.next)
      if record.offset == offset {
        view.place = question.digest.map { $0 == record.digest } ?? true ? .same : .different
      } else {
        view.place = .gap
      }
    case .end(let end):
      view.end = max(found.high, end)
      view.place = .end(view.end)
    case .outside: view.place = .outside
    case nil:
      guard offset < found.low || offset >= found.high else { return nil }
      view.place = .outside
    }
    return view
  }

  /// The same views; where a place is not as expected, with what the log begins with.
  private func withFirsts(_ views: [KafkaLogView?], of questions: [KafkaLogQuestion]) -> [KafkaLogView?] {
    var places: [KafkaPartition: Int64] = [:]
    for (question, view) in zip(questions, views) {
      if let view, view.isUnexpected(question), view.low < view.end { places[question.partition] = view.low }
    }
    guard !places.isEmpty else { return views }
    let heard = listen(at: places, toEndOf: [], [:])
    return zip(questions, views).map { question, view in
      guard var view, view.isUnexpected(question) else { return view }
      guard case .record(let first) = heard[question.partition] else {
        return view.low < view.end ? nil : view
      }
      view.firstTimestamp = first.timestampMilliseconds
      if let last = question.timestamp { view.younger = younger(than: last, question.partition) }
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
  private func listen(
    at places: [KafkaPartition: Int64], toEndOf ends: Set<KafkaPartition>,
    _ findings: [KafkaPartition: Finding]
  ) -> [KafkaPartition: Heard] {
    guard !places.isEmpty else { return [:] }
    let list = PartitionList(places.map { KafkaPosition($0.key, offset: $0.value) })
    guard rd_kafka_assign(handle, list.pointer) == RD_KAFKA_RESP_ERR_NO_ERROR else { return [:] }
    defer { rd_kafka_assign(handle, nil) }
    let begun = SystemClock.monotonicMicroseconds()
    var heard: [KafkaPartition: Heard] = [:]
    var open = Set(places.keys)
    /// Those of which a broker may have nothing to say.
    let mayBeSilent = open.filter { partition in
      findings[partition].map { places[partition, default: 0] >= $0.high } ?? false
    }
    while !open.isEmpty {
      let isPatient = !open.isSubset(of: mayBeSilent)
      let until = isPatient ? deadline : min(deadline, begun + Self.patience)
      let wait = (until - SystemClock.monotonicMicroseconds()) / 1000
      guard wait > 0 else { break }
      guard let event = rd_kafka_queue_poll(queue.pointer, Int32(min(wait, 1000))) else { continue }
      defer { rd_kafka_event_destroy(event) }
      take(event, &heard, &open, ends)
    }
    return heard
  }

  private func take(
    _ event: OpaquePointer, _ heard: inout [KafkaPartition: Heard], _ open: inout Set<KafkaPartition>,
    _ ends: Set<KafkaPartition>
  ) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_FETCH:
      while let message = rd_kafka_event_message_next(event) {
        let record = ConsumerReader.record(message, headers: [])
        guard open.contains(record.partition) else { continue }
        heard[record.partition] = .record(record)
        if !ends.contains(record.partition) { open.remove(record.partition) }
      }
    case RD_KAFKA_EVENT_ERROR:
      guard let place = rd_kafka_event_topic_partition(event) else { return }
      defer { rd_kafka_topic_partition_destroy(place) }
      let partition = KafkaPartition(
        topic: String(cString: place.pointee.topic), number: place.pointee.partition)
      switch rd_kafka_event_error(event) {
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        if open.remove(partition) != nil { heard[partition] = .end(place.pointee.offset) }
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        if open.remove(partition) != nil { heard[partition] = .outside }
      // librdkafka tries again until the deadline.
      default: break
      }
    default: _ = observer.take(event)
    }
  }

  /// Nil once there is no time left.
  private func millisecondsLeft() -> Int32? {
    let left = (deadline - SystemClock.monotonicMicroseconds()) / 1000
    return left > 0 ? Int32(min(left, 60_000)) : nil
  }
}

extension KafkaLogView {
  /// Returns true if what was found says that the log may be another one.
  fileprivate func isUnexpected(_ question: KafkaLogQuestion) -> Bool {
    switch place {
    case nil, .same, .gap: false
    case .different: true
    case .end(let end): end <= question.offset ?? 0
    case .outside: question.offset.map { $0 >= low } ?? false
    }
  }
}

extension KafkaRecord {
  /// The offset after it.
  var next: Int64 { offset < .max ? offset + 1 : .max }
}
