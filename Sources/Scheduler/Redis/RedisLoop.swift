import CHiredis
import Glibc
import Logging
import NodeRuntime
import Synchronization
import TimerModel

/// The thread that owns all connections; others hand in commands and wake it.
///
/// One thread for all of a cluster's nodes: what it does per command is to copy bytes and parse a reply, and so routes,
/// redirects and deadlines need no lock.
final class RedisLoop: Sendable {
  private struct Inbox {
    var requests: [RedisRequest] = []
    var resolutions: [(RedisEndpoint, RedisResolution)] = []
    /// Commands that were taken in and not answered yet.
    var pending = 0
    var isStopping = false
  }

  private let inbox = Mutex(Inbox())
  private let wake = WakeEvent()
  private let configuration: RedisConfiguration
  private let logger: Logger
  /// The number of working connections that have ended.
  let lostConnections = Atomic(0)
  /// The warnings about servers that work.
  let warnings = Mutex(RedisWarnings())

  init(configuration: RedisConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  func start() { NamedThread.start(name: "timerd-redis") { self.run() } }

  /// Ends the thread soon; what waits fails.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    wake.signal()
  }

  /// Carries out commands and returns one reply for each; an error reply is a reply.
  func send(_ commands: [RoutedCommand]) async throws(IndexError) -> [RedisValue] {
    guard !commands.isEmpty else { return [] }
    let deadline = SystemClock.monotonic() + configuration.operationTimeout
    let result = await withCheckedContinuation { continuation in
      submit(RedisRequest(commands: commands, deadline: deadline) { continuation.resume(returning: $0) })
    }
    return try result.get()
  }

  private func submit(_ request: RedisRequest) {
    let count = request.commands.count
    let error: IndexError? = inbox.withLock { inbox in
      guard !inbox.isStopping else { return Self.stopped }
      // One that is larger than the limit may go alone.
      guard inbox.pending == 0 || inbox.pending + count <= configuration.pendingLimit else {
        return IndexError(code: .busy, message: "\(inbox.pending) commands wait for Redis already")
      }
      inbox.pending += count
      let completion = request.completion
      inbox.requests.append(
        RedisRequest(commands: request.commands, deadline: request.deadline) { [self] result in
          finished(count)
          completion(result)
        })
      return nil
    }
    if let error { return request.completion(.failure(error)) }
    wake.signal()
  }

  private func finished(_ count: Int) { inbox.withLock { $0.pending -= count } }

  static let stopped = IndexError(code: .unavailable, message: "the service is stopping")

  private func run() {
    timerd_block_sigpipe()
    let client = RedisClient(configuration: configuration, logger: logger, loop: self)
    while true {
      let (requests, resolutions, isStopping) = takeInbox()
      if isStopping { return client.stop(requests) }
      for (endpoint, resolution) in resolutions { client.resolved(endpoint, resolution) }
      for request in requests { client.accept(request) }
      client.flush()
      poll(client)
      client.expire(now: SystemClock.monotonic())
    }
  }

  private func takeInbox() -> ([RedisRequest], [(RedisEndpoint, RedisResolution)], Bool) {
    inbox.withLock { inbox in
      defer { (inbox.requests, inbox.resolutions) = ([], []) }
      return (inbox.requests, inbox.resolutions, inbox.isStopping)
    }
  }

  private func poll(_ client: RedisClient) {
    let connections = client.openConnections
    var descriptors = [pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)]
    for connection in connections {
      descriptors.append(pollfd(fd: connection.descriptor ?? -1, events: connection.events, revents: 0))
    }
    let wait = client.nextDeadline.microseconds(since: SystemClock.monotonic())
    let milliseconds = min(max(0, (min(wait, 60_000_000) + 999) / 1000), 60_000)
    Glibc.poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds))
    if descriptors[0].revents != 0 { wake.clear() }
    for (connection, descriptor) in zip(connections, descriptors.dropFirst()) where descriptor.revents != 0 {
      client.handle(connection, events: Int32(descriptor.revents))
    }
  }

  func resolve(_ endpoint: RedisEndpoint, host: String) {
    RedisResolver.resolve(host) { [self] resolution in
      inbox.withLock { $0.resolutions.append((endpoint, resolution)) }
      wake.signal()
    }
  }
}
