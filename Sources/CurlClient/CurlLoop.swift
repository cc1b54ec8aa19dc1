import NodeRuntime
import Synchronization

/// The thread that owns a libcurl multi handle; others only hand in work and wake it.
final class CurlLoop: Sendable {
  struct Job: Sendable {
    let request: CurlRequest
    /// Nil for one that only `cancelAll` cancels.
    let cancellation: Cancellation?
    let completion: @Sendable (Result<CurlResponse, CurlError>) -> Void
  }

  /// True once a job is cancelled. It is set before the loop learns of it, so that a job submitted later is
  /// cancelled as well.
  final class Cancellation: Sendable { let isSet = Atomic(false) }

  private struct Inbox {
    var jobs: [Job] = []
    var hasCancellations = false
    /// The callbacks to call when everything handed in has ended.
    var cancelAllCompletions: [@Sendable () -> Void] = []
    var isStopping = false
    var hasEnded = false
  }

  private let inbox = Mutex(Inbox())
  private let wake = WakeEvent()
  /// To be run beside `run`; ends after it.
  let stalls = StallGuard()
  private let configuration: CurlConfiguration

  init(configuration: CurlConfiguration) { self.configuration = configuration }

  /// Hands in a job. Never blocks; after the end the job fails at once.
  func submit(_ job: Job) {
    let (isAccepted, isFirst) = inbox.withLock { inbox in
      if !inbox.hasEnded { inbox.jobs.append(job) }
      return (!inbox.hasEnded, inbox.jobs.count == 1)
    }
    guard isAccepted else { return job.completion(.failure(.stopped)) }
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
    let hasEnded = inbox.withLock { inbox in
      if !inbox.hasEnded { inbox.cancelAllCompletions.append(ended) }
      return inbox.hasEnded
    }
    if hasEnded { ended() } else { wake.signal() }
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
      let pending = takeInbox()
      if pending.isStopping {
        for job in pending.jobs { job.completion(.failure(.stopped)) }
        multi.stop()
        for ended in pending.cancelAllCompletions { ended() }
        return
      }
      for job in pending.jobs { multi.start(job) }
      if pending.hasCancellations || !pending.cancelAllCompletions.isEmpty {
        multi.failCancelled(all: !pending.cancelAllCompletions.isEmpty)
        for ended in pending.cancelAllCompletions { ended() }
      }
      multi.runOnce()
    }
  }

  private func takeInbox() -> Inbox {
    inbox.withLock { inbox in
      inbox.hasEnded = inbox.isStopping
      defer {
        inbox.jobs = []
        inbox.hasCancellations = false
        inbox.cancelAllCompletions = []
      }
      return inbox
    }
  }
}
