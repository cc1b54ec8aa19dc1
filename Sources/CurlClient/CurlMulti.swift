import CLibcurl
import Glibc
import NodeRuntime
import Synchronization

/// One libcurl multi handle with its transfers. Lives on the loop's thread only.
final class CurlMulti {
  private let handle: UnsafeMutableRawPointer
  private let sockets: SocketSet
  private let stalls: StallGuard
  private let configuration: CurlConfiguration
  private var transfers: [OpaquePointer: CurlTransfer] = [:]
  private var idle: [OpaquePointer] = []
  /// Handles read it for as long as they are used.
  private var knownAddresses: UnsafeMutablePointer<curl_slist>?

  /// The longest wait of a turn while there are transfers, in milliseconds. After it libcurl is asked for its
  /// timers anyway, so that no transfer hangs if libcurl forgets to announce one.
  private static let longestWait: Int32 = 1000

  init(configuration: CurlConfiguration, wake: WakeEvent, stalls: StallGuard) {
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    guard let handle = curl_multi_init() else {
      preconditionFailure("libcurl has no memory for its first handle")
    }
    self.handle = handle
    self.configuration = configuration
    self.stalls = stalls
    sockets = SocketSet(wake: wake, stalls: stalls)
    for line in configuration.knownAddresses { knownAddresses = curl_slist_append(knownAddresses, line) }
    timerd_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, configuration.maxConnections)
    timerd_multi_setopt_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maxConnections)
    timerd_multi_setopt_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maxConnectionsPerHost)
    timerd_multi_setopt_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    let context = Unmanaged.passUnretained(sockets).toOpaque()
    let socketCallback: curl_socket_callback = { _, socket, what, context, _ in
      SocketSet.from(context).watch(socket, what)
      return 0
    }
    timerd_multi_setopt_sockets(handle, socketCallback, context)
    let timerCallback: curl_multi_timer_callback = { _, milliseconds, context in
      SocketSet.from(context).setTimer(milliseconds: milliseconds)
      return 0
    }
    timerd_multi_setopt_timer(handle, timerCallback, context)
  }

  deinit {
    for easy in transfers.keys { curl_multi_remove_handle(handle, UnsafeMutableRawPointer(easy)) }
    for easy in transfers.keys { curl_easy_cleanup(UnsafeMutableRawPointer(easy)) }
    for easy in idle { curl_easy_cleanup(UnsafeMutableRawPointer(easy)) }
    // It closes the connections that are kept, and calls back for each: the set outlives it.
    curl_multi_cleanup(handle)
    curl_slist_free_all(knownAddresses)
  }

  /// Begins a transfer; libcurl connects and sends in the next turn.
  func start(_ job: CurlLoop.Job) {
    guard job.cancellation?.isSet.load(ordering: .relaxed) != true else {
      return job.completion(.failure(.cancelled))
    }
    guard let easy = idle.popLast() ?? CurlTransfer.makeHandle(configuration, sockets, knownAddresses) else {
      return job.completion(.failure(CurlError(code: .failed, message: "libcurl has no memory")))
    }
    let transfer = CurlTransfer(
      easy: easy, request: job.request, configuration: configuration, sockets: sockets,
      cancellation: job.cancellation, completion: job.completion)
    transfers[easy] = transfer
    curl_multi_add_handle(handle, UnsafeMutableRawPointer(easy))
  }

  /// Waits until there is something to do, does it, and ends the transfers that are done.
  func runOnce() {
    let wasWoken = sockets.wait(atMost: transfers.isEmpty ? -1 : Self.longestWait) { socket, bits in
      step(socket, bits)
    }
    if sockets.takeTimer() || !wasWoken { step(nil, 0) }
    finishDone()
  }

  /// Lets libcurl do what is to be done at a socket, or because of time.
  private func step(_ socket: curl_socket_t?, _ bits: Int32) {
    var running: Int32 = 0
    stalls.begin()
    curl_multi_socket_action(handle, socket ?? CURL_SOCKET_TIMEOUT, bits, &running)
    stalls.end()
  }

  /// Lets the transfers fail that nobody waits for any more, or all of them.
  func failCancelled(all: Bool) {
    for (easy, transfer) in transfers where all || transfer.isCancelled {
      curl_multi_remove_handle(handle, UnsafeMutableRawPointer(easy))
      transfer.fail(.cancelled)
      recycle(transfer)
    }
  }

  /// Lets all transfers fail, since the service stops.
  func stop() {
    for (easy, transfer) in transfers {
      curl_multi_remove_handle(handle, UnsafeMutableRawPointer(easy))
      transfer.fail(.stopped)
      idle.append(easy)
    }
    transfers = [:]
  }

  private func finishDone() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let done = message.pointee.easy_handle else { continue }
      let easy = OpaquePointer(done)
      // The message is gone once its handle is removed.
      let code = timerd_message_result(message)
      curl_multi_remove_handle(handle, done)
      guard let transfer = CurlTransfer.of(easy) else { continue }
      if transfer.finish(code) {
        curl_multi_add_handle(handle, done)
      } else {
        recycle(transfer)
      }
    }
  }

  /// Keeps the handle of a transfer that has ended for another one.
  private func recycle(_ transfer: CurlTransfer) {
    transfers[transfer.easy] = nil
    if transfer.leavesHandleAsNew {
      idle.append(transfer.easy)
    } else {
      curl_easy_cleanup(UnsafeMutableRawPointer(transfer.easy))
    }
  }
}

extension SocketSet {
  /// The set that libcurl was given as the context of a callback.
  static func from(_ context: UnsafeMutableRawPointer?) -> SocketSet {
    guard let context else { preconditionFailure("libcurl hands back the context that it was given") }
    return Unmanaged<SocketSet>.fromOpaque(context).takeUnretainedValue()
  }
}
