import CLibrdkafka
package import Logging
import NodeRuntime
import Synchronization
import TimerModel

/// Reads topics as a member of a consumer group, and leaves to its listener where each partition is read from.
///
/// All of librdkafka's calls are made on one thread, in the order in which they were asked for.
package final class KafkaConsumer: Sendable {
  /// Hears of everything on the consumer's thread; it must not block.
  package typealias Listener = @Sendable (KafkaConsumerEvent) -> Void

  private struct State {
    var isClosing = false
    var closesAt = MonotonicInstant.distantFuture
    var closed: [@Sendable () -> Void] = []
    /// True if librdkafka has reported a rebalance and waits for a change of the assignment.
    var hasPendingRebalance = false

    /// Returns true if the assignment may be changed; asked once for each change, which answers the
    /// rebalance. Once a member has left its group, librdkafka may never return from a change that it has not
    /// asked for (librdkafka's issue 4884).
    mutating func takePendingRebalance() -> Bool {
      defer { hasPendingRebalance = false }
      return !isClosing || hasPendingRebalance
    }
  }

  private let loop: KafkaLoop
  private let observer: KafkaObserver
  private let listener: Listener
  private let state: SharedState

  private final class SharedState: Sendable { let value = Mutex(State()) }

  /// The maximum number of records reported at once.
  private static let batchLimit = 1000

  /// Creates a consumer and joins the group in the background.
  ///
  /// - Parameters:
  ///   - headers: the names of the headers of records that are kept; nil keeps all.
  ///   - resets: whether a partition whose next offset does not exist is read from its beginning; otherwise `outOfRange` is told.
  ///   - statistics: called on the consumer's thread as well.
  package init(
    configuration: KafkaConfiguration, group: String, topics: [String], headers: [String]? = nil,
    resets: Bool = true, logger: Logger,
    statistics: (@Sendable (KafkaStatistics) -> Void)? = nil, listener: @escaping Listener
  ) throws(KafkaError) {
    let events =
      RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR
      | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS
    let handle = try KafkaHandle(
      RD_KAFKA_CONSUMER,
      configuration.consumer(group: group, withStatistics: statistics != nil)
        + (resets ? [] : [KafkaProperty("auto.offset.reset", "error")]), events: events)
    let queue = KafkaQueue.consumer(of: handle)
    let loop = KafkaLoop(queue: queue)
    let state = SharedState()
    self.loop = loop
    self.state = state
    self.listener = listener
    observer = KafkaObserver(logger: logger, statistics: statistics)
    let subscription = PartitionList(topics.map { KafkaPartition(topic: $0, number: -1) })
    handle.willJoinGroup()
    let code = rd_kafka_subscribe(handle.pointer, subscription.pointer)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code) }
    let reader = ConsumerReader(
      loop: loop, observer: observer,
      listener: { event in
        if case .assigned = event { loop.queue.handle.wasAssigned() }
        listener(event)
      }, batchLimit: Self.batchLimit, headers: headers,
      isClosing: { state.value.withLock { $0.isClosing } },
      onRebalance: { state.value.withLock { $0.hasPendingRebalance = true } },
      takePendingRebalance: { state.value.withLock { $0.takePendingRebalance() } })
    loop.start(
      name: "timerd-kafka-c", handle: { reader.handle($0) },
      deadline: { state.value.withLock { $0.closesAt } },
      isFinished: {
        state.value.withLock { state in
          state.isClosing
            && (rd_kafka_consumer_closed(loop.handle) != 0
              || SystemClock.monotonic() >= state.closesAt)
        }
      },
      ended: {
        let closed = state.value.withLock { state in
          defer { state.closed = [] }
          return state.closed
        }
        for done in closed { done() }
      })
  }

  deinit { close(within: .seconds(1)) {} }

  /// Begins to read partitions that were assigned, each at its position.
  package func assign(_ positions: [KafkaPosition]) {
    loop.perform { [loop, listener, state] in
      guard state.value.withLock({ $0.takePendingRebalance() }) else { return }
      let list = PartitionList(positions)
      if let error = Assignment.add(list, loop.handle) { listener(.failed(error)) }
    }
  }

  /// Gives up partitions that were revoked.
  package func unassign(_ partitions: [KafkaPartition]) {
    loop.perform { [loop, listener, state] in
      guard state.value.withLock({ $0.takePendingRebalance() }) else { return }
      let list = PartitionList(partitions)
      if let error = Assignment.remove(list, loop.handle) { listener(.failed(error)) }
    }
  }

  /// Goes on reading elsewhere; `sought` says from when on. Partitions that are not assigned any more are passed over.
  package func seek(_ positions: [KafkaPosition]) {
    loop.perform { [loop, listener] in
      let list = PartitionList(positions)
      // A second is for librdkafka's own threads; no broker is asked.
      if let error = rd_kafka_seek_partitions(loop.handle, list.pointer, 1000) {
        listener(.failed(KafkaError(consuming: error)))
      }
      // One that was out of range is not fetched any more, and cannot be sought.
      let stopped = list.failed(with: RD_KAFKA_RESP_ERR__STATE)
      let restarted = positions.filter { stopped.contains($0.partition) }
      if !restarted.isEmpty, let error = Assignment.restart(restarted, loop.handle) {
        listener(.failed(error))
      }
      listener(.sought(positions.map(\.partition)))
    }
  }

  /// Fetches nothing more of these partitions for now.
  package func pause(_ partitions: [KafkaPartition]) {
    loop.perform { [loop] in
      let list = PartitionList(partitions)
      rd_kafka_pause_partitions(loop.handle, list.pointer)
    }
  }

  /// Fetches partitions again that `pause` has stopped.
  package func resume(_ partitions: [KafkaPartition]) {
    loop.perform { [loop] in
      let list = PartitionList(partitions)
      rd_kafka_resume_partitions(loop.handle, list.pointer)
    }
  }

  /// Tells the broker how far the group has come; nobody waits for it.
  package func commit(_ positions: [KafkaPosition]) {
    loop.perform { [loop] in
      let list = PartitionList(positions)
      rd_kafka_commit(loop.handle, list.pointer, 1)
    }
  }

  /// Leaves the group and ends, after `timeout` at the latest.
  package func close(within timeout: Duration) async {
    await withCheckedContinuation { continuation in
      close(within: timeout) { continuation.resume() }
    }
  }

  private func close(within timeout: Duration, done: @escaping @Sendable () -> Void) {
    let deadline = SystemClock.monotonic() + timeout
    let isOver = !loop.perform { [loop, state] in
      let isFirst = state.value.withLock { state in
        defer {
          state.isClosing = true
          state.closesAt = min(state.closesAt, deadline)
          state.closed.append(done)
        }
        return !state.isClosing
      }
      guard isFirst, let error = rd_kafka_consumer_close_queue(loop.handle, loop.queue.pointer) else {
        return
      }
      rd_kafka_error_destroy(error)
      // What a fatal error has broken does not close: nothing would come of waiting.
      state.value.withLock { $0.closesAt = .distantPast }
    }
    if isOver { done() }
  }
}
