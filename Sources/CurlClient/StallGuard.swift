import CEpoll
import Glibc
import NodeRuntime
import Synchronization

/// Ends the connection that keeps libcurl's thread from all others.
///
/// libcurl reads an HTTP/2 connection for as long as frames come that carry nothing for the request it reads for: a receiver that sends
/// pings, window updates or empty frames faster than they are read would have the thread for itself, and no time-out would be looked at. So
/// another thread watches how long libcurl's works without calling back, in time on a processor, since on a busy machine the other kind says
/// nothing, and puts an end to the connection that it reads.
final class StallGuard: Sendable {
  private struct Watched {
    /// Shows the processor time of libcurl's thread; nil until that thread is watched.
    var clock: clockid_t?
    var sockets: Set<Int32> = []
    var isStopping = false
  }

  private let watched = Mutex(Watched())
  /// The number of times libcurl was called, called back or returned.
  private let steps = Atomic<UInt64>(0)
  private let isWorking = Atomic(false)
  private let isAsleep = Atomic(false)
  private let wake = WakeEvent()
  /// Any descriptor that is not a connection.
  private let ended = WakeEvent()

  /// Nothing that libcurl does between two calls takes so long: to read the system's certificates takes a fifth of it.
  private static let limitNanoseconds: Int64 = 150_000_000
  private static let period: Int32 = 50
  /// After so many periods without a call the guard sleeps until the next one.
  private static let quietPeriodsBeforeSleep = 20

  // MARK: On libcurl's thread

  /// Begins to watch the calling thread.
  func watchThisThread() {
    var clock = clockid_t()
    guard pthread_getcpuclockid(pthread_self(), &clock) == 0 else { return }
    watched.withLock { $0.clock = clock }
  }

  /// Notes that libcurl is being called, and wakes the guard if it sleeps.
  func begin() {
    isWorking.store(true, ordering: .sequentiallyConsistent)
    progress()
    if isAsleep.load(ordering: .sequentiallyConsistent) { wake.signal() }
  }

  /// libcurl calls back: it goes on.
  func progress() { steps.add(1, ordering: .relaxed) }

  /// Notes that libcurl has returned: until the next call nothing counts as a stall.
  func end() {
    isWorking.store(false, ordering: .relaxed)
    progress()
  }

  /// Notes a socket, so that a stall can end its connection.
  func opened(_ socket: Int32) { watched.withLock { _ = $0.sockets.insert(socket) } }

  /// A socket is about to be closed: from then on its number may be another's.
  func closing(_ socket: Int32) { watched.withLock { _ = $0.sockets.remove(socket) } }

  // MARK: On its own

  /// Lets `run` return soon.
  func stop() {
    watched.withLock { $0.isStopping = true }
    wake.signal()
  }

  /// Watches until `stop`. Blocks its thread.
  func run() {
    var last: UInt64 = 0
    var start: Int64 = 0
    var quietPeriods = 0
    while !watched.withLock({ $0.isStopping }) {
      let current = steps.load(ordering: .relaxed)
      if current != last || !isWorking.load(ordering: .relaxed) {
        quietPeriods = current == last ? quietPeriods + 1 : 0
        (last, start) = (current, processorTime())
      } else if processorTime() - start >= Self.limitNanoseconds {
        cut(at: current)
        start = processorTime()
      }
      sleep(deeply: quietPeriods >= Self.quietPeriodsBeforeSleep)
    }
  }

  private func sleep(deeply: Bool) {
    var entry = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
    guard deeply else {
      poll(&entry, 1, Self.period)
      return wake.clear()
    }
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    // A call that began before it could see that we sleep is seen here.
    if !isWorking.load(ordering: .sequentiallyConsistent) { poll(&entry, 1, -1) }
    isAsleep.store(false, ordering: .sequentiallyConsistent)
    wake.clear()
  }

  private func processorTime() -> Int64 {
    guard let clock = watched.withLock({ $0.clock }) else { return 0 }
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return 0 }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Ends the connection with the most that has arrived and is not read yet: what comes faster than it is read piles up there.
  private func cut(at step: UInt64) {
    watched.withLock { watched in
      // Sockets are closed under the same lock, so that none of these numbers is another file's by now.
      guard steps.load(ordering: .relaxed) == step else { return }
      let culprit = watched.sockets.max { timerd_unread_bytes($0) < timerd_unread_bytes($1) }
      // Shutting it down would leave what has arrived to be read, and more to come.
      if let culprit { _ = timerd_replace(culprit, ended.descriptor) }
    }
  }
}
