import CLibcurl
import Glibc
import Synchronization

/// One libcurl multi handle and the thread that owns it; others only hand in work and wake it.
final class CurlLoop: Sendable {
  struct Job: Sendable {
    let request: CurlRequest
    /// Nil for one that only `cancelAll` cancels.
    let cancellation: Cancellation?
    let completion: @Sendable (Result<CurlAnswer, CurlError>) -> Void
  }

  /// Whether a job is no longer wanted; set before the loop hears of it, so that it holds for a job that comes later as well.
  final class Cancellation: Sendable { let isSet = Atomic(false) }

  private struct Inbox {
    var jobs: [Job] = []
    var hasCancellations = false
    /// Who waits for the end of all that was handed in.
    var cancellers: [@Sendable () -> Void] = []
    var isStopping = false
    var isOver = false
  }

  /// A pointer that libcurl allows to be used from several threads, for `curl_multi_wakeup` only.
  private struct Multi: @unchecked Sendable { let handle: UnsafeMutableRawPointer }

  private let inbox = Mutex(Inbox())
  private let multi: Multi
  private let configuration: CurlConfiguration

  init(configuration: CurlConfiguration) {
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    guard let handle = curl_multi_init() else {
      preconditionFailure("libcurl has no memory for its first handle")
    }
    multi = Multi(handle: handle)
    self.configuration = configuration
    timerd_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, configuration.maxConnections)
    timerd_multi_setopt_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
    timerd_multi_setopt_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
    timerd_multi_setopt_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
  }

  deinit { curl_multi_cleanup(multi.handle) }

  /// Hands in a job. Never blocks; after the end the job fails at once.
  func submit(_ job: Job) {
    let (isTaken, isFirst) = inbox.withLock { inbox in
      if !inbox.isOver { inbox.jobs.append(job) }
      return (!inbox.isOver, inbox.jobs.count == 1)
    }
    guard isTaken else { return job.completion(.failure(.stopped)) }
    // Whoever came before has woken the loop, which takes all that is there.
    if isFirst { curl_multi_wakeup(multi.handle) }
  }

  /// Lets the job of `cancellation` fail soon, whether it was handed in already or not. Never blocks.
  func cancel(_ cancellation: Cancellation) {
    cancellation.isSet.store(true, ordering: .relaxed)  // The lock orders it.
    inbox.withLock { $0.hasCancellations = true }
    curl_multi_wakeup(multi.handle)
  }

  /// Lets all jobs fail that were handed in before, then calls `ended`, on the loop's thread or from within this call.
  func cancelAll(_ ended: @escaping @Sendable () -> Void) {
    let isOver = inbox.withLock { inbox in
      if !inbox.isOver { inbox.cancellers.append(ended) }
      return inbox.isOver
    }
    if isOver { ended() } else { curl_multi_wakeup(multi.handle) }
  }

  /// Lets `run` return soon; transfers that are open fail.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    curl_multi_wakeup(multi.handle)
  }

  /// Transfers until `stop`. Blocks its thread.
  func run() {
    var transfers: [OpaquePointer: CurlTransfer] = [:]
    var idle: [OpaquePointer] = []
    while true {
      let news = takeNews()
      if news.isStopping {
        for job in news.jobs { job.completion(.failure(.stopped)) }
        stop(&transfers, idle)
        for ended in news.cancellers { ended() }
        return
      }
      for job in news.jobs { start(job, &transfers, &idle) }
      if news.hasCancellations || !news.cancellers.isEmpty {
        failCancelled(all: !news.cancellers.isEmpty, &transfers, &idle)
        for ended in news.cancellers { ended() }
      }
      var running: Int32 = 0
      curl_multi_perform(multi.handle, &running)
      finishDone(&transfers, &idle)
      curl_multi_poll(multi.handle, nil, 0, 1000, nil)
    }
  }

  private func stop(_ transfers: inout [OpaquePointer: CurlTransfer], _ idle: [OpaquePointer]) {
    for (easy, transfer) in transfers {
      curl_multi_remove_handle(multi.handle, UnsafeMutableRawPointer(easy))
      transfer.fail(.stopped)
      curl_easy_cleanup(UnsafeMutableRawPointer(easy))
    }
    transfers = [:]
    for easy in idle { curl_easy_cleanup(UnsafeMutableRawPointer(easy)) }
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

  private func start(
    _ job: Job, _ transfers: inout [OpaquePointer: CurlTransfer], _ idle: inout [OpaquePointer]
  ) {
    guard job.cancellation?.isSet.load(ordering: .relaxed) != true else {
      return job.completion(.failure(.cancelled))
    }
    guard let easy = idle.popLast() ?? CurlTransfer.makeHandle(configuration) else {
      return job.completion(.failure(CurlError(code: .failed, message: "libcurl has no memory")))
    }
    let transfer = CurlTransfer(
      easy: easy, request: job.request, configuration: configuration, cancellation: job.cancellation,
      completion: job.completion)
    transfers[easy] = transfer
    curl_multi_add_handle(multi.handle, UnsafeMutableRawPointer(easy))
  }

  private func failCancelled(
    all: Bool, _ transfers: inout [OpaquePointer: CurlTransfer], _ idle: inout [OpaquePointer]
  ) {
    for (easy, transfer) in transfers where all || transfer.isCancelled {
      curl_multi_remove_handle(multi.handle, UnsafeMutableRawPointer(easy))
      transfer.fail(.cancelled)
      transfers[easy] = nil
      idle.append(easy)
    }
  }

  private func finishDone(_ transfers: inout [OpaquePointer: CurlTransfer], _ idle: inout [OpaquePointer]) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      let easy = OpaquePointer(handle)
      // The message is gone once its handle is removed.
      let code = timerd_message_result(message)
      curl_multi_remove_handle(multi.handle, handle)
      CurlTransfer.of(easy)?.finish(code)
      transfers[easy] = nil
      idle.append(easy)
    }
  }
}
