import Synchronization

/// The thread that owns a libcurl multi handle; others only hand in work and wake it.
final class CurlLoop: Sendable {
  struct Job: Sendable {
    let request: CurlRequest
    /// Nil for one that only `cancelAll` cancels.
    let cancellation: Cancellation?
    let completion: @Sendable (Result<CurlAnswer, CurlError>) -> Void
  }

  /// True once a job is cancelled. It is set before the loop learns of it, so that a job submitted later is
  /// cancelled as well.
  final class Cancellation: Sendable { let isSet = Atomic(false) }

  private struct Inbox {
    var jobs: [Job] = []
    var hasCancellations = false
    /// The callbacks to call when everything handed in has ended.
    var cancellers: [@Sendable () -> Void] = []
    var isStopping = false
    var isOver = false
  }

  private let inbox = Mutex(Inbox())
  private let wake = WakeEvent()
  /// To be run beside `run`; ends after it.
  let stalls = StallGuard()
  private let configuration: CurlConfiguration

  init(configuration: CurlConfiguration) { self.configuration = configuration }

  /// Hands in a job. Never blocks; after the end the job fails at once.
  func submit(_ job: Job) {
    let (isTaken, isFirst) = inbox.withLock { inbox in
      if !inbox.isOver { inbox.jobs.append(job) }
      return (!inbox.isOver, inbox.jobs.count == 1)
    }
    guard isTaken else { return job.completion(.failure(.stopped)) }
    // An earlier caller has woken the loop, which takes everything there is.
    if isFirst { wake.signal() }
  }

  /// Lets the job of `cancellation` fail soon, whether it was handed in already or not. Never blocks.
  func cancel(_ cancellation: Cancellation) {
    cancellation.isSet.store(true, ordering: .relaxed)  // The lock orders it.
    inbox.withLock { $0.hasCancellations = true }
    wake.signal()
  }

  /// Lets all jobs fail that were handed in before, then calls `ended`, on the loop's thread or from within this call.
  func cancelAll(_ ended: @escaping @Sendable () -> Void) {
    let isOver = inbox.withLock { inbox in
      if !inbox.isOver { inbox.cancellers.append(ended) }
      return inbox.isOver
    }
    if isOver { ended() } else { wake.signal() }
  }

  /// Lets `run` return soon; transfers that are open fail.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    wake.signal()
  }

  /// Transfers until `stop`. Blocks its thread.
  func run() {
    defer { stalls.stop() }
    stalls.watchThisThread()
    let multi = CurlMulti(configuration: configuration, wake: wake, stalls: stalls)
    while true {
      let news = takeNews()
      if news.isStopping {
        for job in news.jobs { job.completion(.failure(.stopped)) }
        multi.stop()
        for ended in news.cancellers { ended() }
        return
      }
      for job in news.jobs { multi.start(job) }
      if news.hasCancellations || !news.cancellers.isEmpty {
        multi.failCancelled(all: !news.cancellers.isEmpty)
        for ended in news.cancellers { ended() }
      }
      multi.turn()
    }
  }

  private func takeNews() -> Inbox {
    inbox.withLock { inbox in
      inbox.isOver = inbox.isStopping
      defer {
        inbox.jobs = []
        inbox.hasCancellations = false
        inbox.cancellers = []
      }
      return inbox
    }
  }
}
