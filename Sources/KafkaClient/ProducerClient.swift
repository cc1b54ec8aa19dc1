import CLibrdkafka
import Logging
import NodeRuntime
import Synchronization
import TimerModel

/// One client of librdkafka that produces, from its start to its end or to the error that breaks it.
final class ProducerClient: Sendable {
  private typealias Completion = @Sendable (KafkaProducer.Report) -> Void

  /// Goes through librdkafka as a message's opaque pointer.
  private final class Pending: Sendable {
    let completion: Completion

    init(_ completion: @escaping Completion) { self.completion = completion }
  }

  private struct State {
    var waiting = 0
    var hasFailed = false
    /// The last error of connecting since a broker was reached.
    var lastConnectionError: KafkaError?
    var topics: KafkaTopics?
    /// The topics that were missing when they were looked for last, and until when nobody looks again.
    var missingTopics: [String] = []
    var topicsValidUntil = MonotonicInstant.distantPast
    var isClosing = false
    var isPurged = false
    var closesAt = MonotonicInstant.distantFuture
    var closed: [@Sendable () -> Void] = []
  }

  private let loop: KafkaLoop
  private let observer: KafkaObserver
  private let onOverflow: @Sendable () -> Void
  private let state = Mutex(State())

  /// The time that librdkafka has to report messages that were given up.
  private static let purgeTimeout = Duration.seconds(5)

  /// The time for which an answer about topics is valid.
  private static let topicsValidity = Duration.seconds(10)

  /// The longest that one try to reach a broker blocks its thread, in milliseconds.
  private static let warmUpTimeout: Int32 = 1000

  init(
    _ configuration: KafkaConfiguration, _ observer: KafkaObserver, onOverflow: @escaping @Sendable () -> Void
  ) throws(KafkaError) {
    let events = RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS
    let handle = try KafkaHandle(
      RD_KAFKA_PRODUCER, configuration.producer(withStatistics: observer.statistics != nil), events: events)
    loop = KafkaLoop(queue: .main(of: handle))
    self.observer = observer
    self.onOverflow = onOverflow
    loop.start(
      name: "timerd-kafka-p", handle: { self.handle($0) },
      deadline: { self.state.withLock { $0.closesAt } }, isFinished: { self.isFinished() },
      ended: { self.end() })
  }

  var waiting: Int { state.withLock { $0.waiting } }
  var hasFailed: Bool { state.withLock { $0.hasFailed } }
  var knowsTopics: Bool { state.withLock { $0.topics != nil } }

  /// The error that librdkafka reported for a broker it cannot connect to; its calls only say that they
  /// failed.
  private var lastConnectionError: KafkaError? { state.withLock(\.lastConnectionError) }

  func send(_ message: KafkaMessage, _ completion: @escaping @Sendable (KafkaProducer.Report) -> Void) {
    let isOpen = state.withLock { state in
      if !state.isClosing { state.waiting += 1 }
      return !state.isClosing
    }
    guard isOpen else {
      return completion(.failure(KafkaError(code: .closed, message: "the producer is closed")))
    }
    let pending = Unmanaged.passRetained(Pending(completion))
    let code = produce(message, opaque: pending.toOpaque())
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
    pending.release()
    finish(1)
    if code == RD_KAFKA_RESP_ERR__QUEUE_FULL { onOverflow() }
    completion(.failure(KafkaError(code)))
  }

  /// Asks on a thread of its own, since librdkafka's call blocks.
  func checkConnection(within timeout: Duration) async -> KafkaError? {
    await withCheckedContinuation { continuation in
      NamedThread.start(name: "timerd-kafka-h") { [self] in
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(loop.handle, 0, nil, &metadata, Int32(timeout.milliseconds))
        if let metadata { rd_kafka_metadata_destroy(metadata) }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
          state.withLock { $0.lastConnectionError = nil }
          return continuation.resume(returning: nil)
        }
        continuation.resume(returning: lastConnectionError ?? KafkaError(code))
      }
    }
  }

  /// Asks on a thread of its own. All topics are asked for, since a broker may make those that are asked for by name; that is much where there
  /// are thousands, so that an answer holds for some seconds.
  func missing(of topics: [String], within timeout: Duration) async -> Result<[String], KafkaError> {
    let now = SystemClock.monotonic()
    if topics.isEmpty || state.withLock({ now < $0.topicsValidUntil }) {
      if let error = await checkConnection(within: timeout) { return .failure(error) }
      return .success(state.withLock(\.missingTopics))
    }
    return await withCheckedContinuation { continuation in
      NamedThread.start(name: "timerd-kafka-h") { [self] in
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(loop.handle, 1, nil, &metadata, Int32(timeout.milliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
          return continuation.resume(returning: .failure(lastConnectionError ?? KafkaError(code)))
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        let known = KafkaTopics.names(in: metadata.pointee)
        let missing = topics.filter { !known.contains($0) }
        state.withLock { state in
          state.lastConnectionError = nil
          state.missingTopics = missing
          // What is missing is looked for each time.
          state.topicsValidUntil = missing.isEmpty ? now + Self.topicsValidity : .distantPast
        }
        continuation.resume(returning: .success(missing))
      }
    }
  }

  /// Waits on a thread of its own until a broker has told of its topics, since librdkafka's call blocks; then connections are there, and
  /// records find their partitions.
  ///
  /// All topics are asked for: one that is named and missing librdkafka would take for missing until its next look minutes later,
  /// although somebody has made it. `topics` that exist stay known, the others for some minutes.
  func warmUp(_ topics: [String]) {
    NamedThread.start(name: "timerd-kafka-w") { [self] in
      var code = RD_KAFKA_RESP_ERR__TRANSPORT
      while code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT,
        !state.withLock(\.isClosing)
      {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        // It ends as soon as a broker answers; the bound is for those who close meanwhile.
        code = rd_kafka_metadata(loop.handle, 1, nil, &metadata, Self.warmUpTimeout)
        guard let metadata else { continue }
        defer { rd_kafka_metadata_destroy(metadata) }
        let known = KafkaTopics(topics, in: metadata.pointee, of: loop.queue.handle)
        state.withLock { state in
          state.lastConnectionError = nil
          state.topics = known
        }
      }
    }
  }

  /// Ends the thread once nothing waits any more, or at the end of `timeout`; then calls `done`.
  func close(within timeout: Duration, done: @escaping @Sendable () -> Void) {
    let deadline = SystemClock.monotonic() + timeout
    let isOver = !loop.perform { [self] in
      state.withLock { state in
        state.isClosing = true
        state.closesAt = min(state.closesAt, deadline)
        state.closed.append(done)
      }
    }
    if isOver { done() }
  }

  private func produce(_ message: KafkaMessage, opaque: UnsafeMutableRawPointer) -> rd_kafka_resp_err_t {
    let headers = rd_kafka_headers_new(max(1, message.headers.count))
    for header in message.headers {
      let code = header.value.withBytes { value, count in
        rd_kafka_header_add(headers, header.name, -1, value, value == nil ? 0 : count)
      }
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        rd_kafka_headers_destroy(headers)
        return code
      }
    }
    let code = message.key.withBytes { key, keyCount in
      message.value.withBytes { value, count in
        timerd_kafka_produce(
          loop.handle, message.topic, -1, key, keyCount, value, count, headers, opaque)
      }
    }
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(headers) }
    return code
  }

  private func handle(_ event: OpaquePointer) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_DR: report(event)
    case RD_KAFKA_EVENT_ERROR: handleError(event)
    default: _ = observer.handle(event)
    }
  }

  private func report(_ event: OpaquePointer) {
    var count = 0
    var hasArrived = false
    while let message = rd_kafka_event_message_next(event) {
      count += 1
      guard let opaque = message.pointee._private else { continue }
      let pending = Unmanaged<Pending>.fromOpaque(opaque).takeRetainedValue()
      guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
        pending.completion(.failure(KafkaError(message.pointee.err)))
        continue
      }
      hasArrived = true
      let offset = message.pointee.offset
      pending.completion(
        .success(
          KafkaRecordMetadata(partition: message.pointee.partition, offset: offset >= 0 ? offset : nil)))
    }
    finish(count)
    if hasArrived { state.withLock { $0.lastConnectionError = nil } }
  }

  private func handleError(_ event: OpaquePointer) {
    let code = rd_kafka_event_error(event)
    let text = String(cString: rd_kafka_event_error_string(event))
    switch code {
    case RD_KAFKA_RESP_ERR__FATAL:
      state.withLock { $0.hasFailed = true }
      observer.logger.error("Kafka producer failed; restarting", metadata: ["error": "\(text)"])
      rd_kafka_purge(loop.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      observer.logger.warning("cannot reach any Kafka broker", metadata: ["error": "\(text)"])
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL:
      state.withLock { $0.lastConnectionError = KafkaError(code, message: text) }
      observer.logger.warning(
        "TLS or SASL handshake with a Kafka broker failed", metadata: ["error": "\(text)"])
    default: observer.logger.notice("Kafka producer", metadata: ["error": "\(text)"])
    }
  }

  private func finish(_ count: Int) { state.withLock { $0.waiting -= count } }

  private func isFinished() -> Bool {
    let (isOver, wantsPurge) = state.withLock { state -> (Bool, Bool) in
      guard state.isClosing else { return (false, false) }
      let now = SystemClock.monotonic()
      guard state.waiting > 0 else { return (true, false) }
      guard now >= state.closesAt else { return (false, false) }
      guard !state.isPurged else { return (true, false) }
      state.isPurged = true
      state.closesAt = now + Self.purgeTimeout
      return (false, true)
    }
    if wantsPurge { rd_kafka_purge(loop.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }
    return isOver
  }

  private func end() {
    let closed = state.withLock { state in
      defer { state.closed = [] }
      return state.closed
    }
    for done in closed { done() }
  }
}

extension [UInt8]? {
  /// Lends the bytes; nil is a null pointer, and empty is not.
  func withBytes<Result>(_ body: (UnsafeRawPointer?, Int) -> Result) -> Result {
    guard let bytes = self else { return body(nil, 0) }
    return bytes.withUnsafeBytes { buffer in
      if let base = buffer.baseAddress { return body(base, buffer.count) }
      return withUnsafeBytes(of: UInt8(0)) { body($0.baseAddress, 0) }
    }
  }
}
