import NIOCore

/// Runs the tasks of a connection on the connection's own event loop, so that a request crosses to another thread for its
/// commit only. Between suspensions they do what takes microseconds; nothing in them blocks.
final class LoopExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
