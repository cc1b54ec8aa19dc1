import CLibrdkafka
import NodeRuntime
import Synchronization
import TimerModel

/// The thread that reads one queue; others hand in work and wake it.
///
/// It blocks in librdkafka until there is an event or work.
final class KafkaLoop: Sendable {
  typealias Job = @Sendable () -> Void

  private struct Inbox {
    var jobs: [Job] = []
    var hasEnded = false
  }

  let queue: KafkaQueue
  private let inbox = Mutex(Inbox())

  init(queue: KafkaQueue) { self.queue = queue }

  var handle: OpaquePointer { queue.handle.pointer }

  /// Does `job` on the thread, after what was handed in before.
  ///
  /// - Returns: false if the thread has ended; then `job` is not done.
  @discardableResult
  func perform(_ job: @escaping Job) -> Bool {
    let isAccepted = inbox.withLock { inbox in
      if !inbox.hasEnded { inbox.jobs.append(job) }
      return !inbox.hasEnded
    }
    if isAccepted { rd_kafka_queue_yield(queue.pointer) }
    return isAccepted
  }

  /// Starts the thread. It hands every event to `handle`, which does not keep it, and ends once `isFinished` says so; then it
  /// calls `ended`. `deadline` is when `isFinished` is asked again although nothing happened.
  func start(
    name: String, handle: @escaping @Sendable (OpaquePointer) -> Void,
    deadline: @escaping @Sendable () -> MonotonicInstant, isFinished: @escaping @Sendable () -> Bool,
    ended: @escaping @Sendable () -> Void
  ) {
    NamedThread.start(name: name) { [self] in
      while true {
        for job in takeJobs() { job() }
        if isFinished() { break }
        guard let event = rd_kafka_queue_poll(queue.pointer, wait(until: deadline())) else { continue }
        handle(event)
        rd_kafka_event_destroy(event)
      }
      for job in close() { job() }
      ended()
    }
  }

  /// Reads one more event if there is one already.
  func nextEvent() -> OpaquePointer? { rd_kafka_queue_poll(queue.pointer, 0) }

  private func wait(until deadline: MonotonicInstant) -> Int32 {
    let left = deadline.microseconds(since: SystemClock.monotonic())
    return Int32(min(max(0, left) / 1000 + 1, 60_000))
  }

  private func takeJobs() -> [Job] {
    inbox.withLock { inbox in
      defer { inbox.jobs = [] }
      return inbox.jobs
    }
  }

  private func close() -> [Job] {
    inbox.withLock { inbox in
      inbox.hasEnded = true
      defer { inbox.jobs = [] }
      return inbox.jobs
    }
  }
}
