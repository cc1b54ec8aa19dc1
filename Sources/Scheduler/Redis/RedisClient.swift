import CHiredis
import Glibc
import Logging
import NodeRuntime
import Synchronization
import Telemetry
import TimerModel

/// Sends commands to the servers that hold their slots and sees to it that each gets its reply or fails in time.
/// Belongs to the loop's thread.
final class RedisClient {
  /// The known facts about a server that could not be used.
  private struct Outage {
    // A pace of its own for each outage, so that nodes do not come back all at once.
    var backoff = Backoff(first: .milliseconds(Int64.random(in: 25...100)))
    var error: IndexError
  }

  let configuration: RedisConfiguration
  let logger: Logger
  private let loop: RedisLoop
  var routes: RedisRoutes
  /// Commands for slots of which nobody knows the server yet.
  var unrouted: [PendingCommand] = []
  var lookup = RedisLookup()

  private var connections: [RedisEndpoint: RedisConnection] = [:]
  private var outages: [RedisEndpoint: Outage] = [:]
  /// Names that are being looked up: each by one thread, however long that takes.
  private var resolving: Set<RedisEndpoint> = []
  /// Jobs that may not have ended.
  private var jobs: [RedisJob] = []

  init(configuration: RedisConfiguration, logger: Logger, loop: RedisLoop) {
    self.configuration = configuration
    self.logger = logger
    self.loop = loop
    routes = RedisRoutes(configuration.topology)
  }

  var openConnections: [RedisConnection] { connections.values.filter { $0.descriptor != nil } }

  /// The time of the next deadline; jobs expire in the order in which they began, since all have the same
  /// timeout.
  var nextDeadline: MonotonicInstant {
    connections.values.reduce(jobs.first?.deadline ?? .distantFuture) { min($0, $1.nextDeadline) }
  }

  func accept(_ request: RedisRequest) {
    let job = RedisJob(request)
    jobs.append(job)
    for index in job.commands.indices { dispatch(PendingCommand(job: job, index: index)) }
  }

  func stop(_ requests: [RedisRequest]) {
    for request in requests { request.completion(.failure(RedisLoop.stopped)) }
    for job in jobs { job.fail(RedisLoop.stopped) }
  }

  /// Sends a command to its slot's server, or finds out which that is.
  func dispatch(_ pending: PendingCommand) {
    if routes.isStale { lookUp() }
    guard !pending.job.isOver else { return }
    if let endpoint = routes.endpoint(of: pending.routed.slot) { return send(pending, to: endpoint) }
    if lookup.isInProgress { unrouted.append(pending) } else { pending.job.fail(lookup.error) }
  }

  private func send(_ pending: PendingCommand, to endpoint: RedisEndpoint) {
    do throws(IndexError) {
      let connection = try connection(to: endpoint, for: .data)
      guard connection.state == .ready else { return connection.waiting.append(pending) }
      try send(pending, on: connection)
    } catch {
      routes.invalidate(endpoint)
      pending.job.fail(error)
    }
  }

  private func send(_ pending: PendingCommand, on connection: RedisConnection) throws(IndexError) {
    if pending.isAsking {
      try connection.send(RedisCommand(["ASKING"]), for: .ignored(deadline: pending.job.deadline))
    }
    try connection.send(pending.routed.command, for: .command(pending))
  }

  /// The connection to `endpoint`, which may not be ready yet; throws while one waits to try again.
  func connection(
    to endpoint: RedisEndpoint, for purpose: RedisConnection.Purpose
  ) throws(IndexError) -> RedisConnection {
    if let known = connections[endpoint] { return known }
    let now = SystemClock().now()
    if let outage = outages[endpoint], outage.backoff.isWaiting(now) { throw outage.error }
    guard connections.count < Self.unknownServerLimit + routes.candidates.count else {
      throw IndexError(
        code: .unavailable, message: "Redis redirects to too many servers; the last is \(endpoint)")
    }
    let connection = RedisConnection(
      to: endpoint, for: purpose, readyDeadline: now.monotonic + configuration.connectTimeout)
    do throws(IndexError) {
      switch endpoint {
      case .unix(let path): try connection.connect(path: path)
      case .tcp(let host, let port) where RedisResolver.isAddress(host):
        try connection.connect(address: host, port: port)
      case .tcp(let host, _):
        if resolving.insert(endpoint).inserted { loop.resolve(endpoint, host: host) }
      }
    } catch {
      recordOutage(error, at: endpoint)
      throw error
    }
    connections[endpoint] = connection
    return connection
  }

  /// The maximum number of connections to servers that no server has named as part of its cluster.
  private static let unknownServerLimit = 64

  func resolved(_ endpoint: RedisEndpoint, _ resolution: RedisResolution) {
    resolving.remove(endpoint)
    guard let connection = connections[endpoint], connection.state == .resolving,
      case .tcp(_, let port) = endpoint
    else { return }
    do throws(IndexError) {
      switch resolution {
      case .address(let address): try connection.connect(address: address, port: port)
      case .failed(let text): throw connection.connectionError(text)
      }
    } catch {
      drop(connection, error)
    }
  }

  func flush() {
    for connection in connections.values {
      do throws(IndexError) { try connection.flush() } catch { drop(connection, error) }
    }
  }

  /// Reads and writes what the socket allows.
  func handle(_ connection: RedisConnection, events: Int32) {
    guard connections[connection.endpoint] === connection else { return }
    do throws(IndexError) {
      if connection.state == .connecting {
        try connection.checkConnected()
        try connection.startHandshake(RedisHandshake(configuration, for: connection.purpose))
      } else if events & (Int32(POLLIN) | Int32(POLLHUP) | Int32(POLLERR)) != 0 {
        try connection.receive { (sink, reply) throws(IndexError) in
          try handle(reply, for: sink, on: connection)
        }
      }
      try connection.flush()
    } catch {
      drop(connection, error)
    }
  }

  private func handle(
    _ reply: RedisValue, for sink: RedisConnection.Sink, on connection: RedisConnection
  ) throws(IndexError) {
    switch sink {
    case .ignored: return
    case .lookup: handleLookupReply(reply, from: connection)
    case .command(let pending): try handle(reply, for: pending, on: connection)
    case .handshake(let step):
      let handshake = RedisHandshake(configuration, for: connection.purpose)
      try handshake.check(reply, to: step, at: connection.endpoint)
      if let (topic, warning) = handshake.warning(on: reply, to: step, at: connection.endpoint) {
        reportWarning(warning, topic)
      }
      if handshake.isLast(step) { try begin(with: connection) }
    }
  }

  private func begin(with connection: RedisConnection) throws(IndexError) {
    connection.becomeReady()
    if outages.removeValue(forKey: connection.endpoint) != nil {
      logger.info("Redis is available again", metadata: ["endpoint": "\(connection.endpoint)"])
    }
    let waiting = connection.waiting
    connection.waiting = []
    for pending in waiting where !pending.job.isOver { try send(pending, on: connection) }
    if lookup.current == connection.endpoint { try ask(connection) }
  }

  private func handle(
    _ reply: RedisValue, for pending: PendingCommand, on connection: RedisConnection
  ) throws(IndexError) {
    guard case .error(let text) = reply else { return pending.job.setReply(reply, at: pending.index) }
    if routes.isCluster, pending.redirects < 5, let redirect = RedisRedirect(text, from: connection.endpoint)
    {
      return follow(redirect, pending)
    }
    pending.job.setReply(reply, at: pending.index)
    if text.hasPrefix("CLUSTERDOWN") { routes.invalidate(connection.endpoint) }
    // A server that has become a replica is not the one to talk to any more; a new connection may find the right one.
    if text.hasPrefix("READONLY") { throw IndexError(reply: text, from: connection.endpoint) }
  }

  private func follow(_ redirect: RedisRedirect, _ pending: PendingCommand) {
    var pending = pending
    pending.redirects += 1
    pending.isAsking = redirect.kind == .ask
    if redirect.kind == .moved {
      routes.move(redirect.slot, to: redirect.endpoint)
      if routes.isStale { lookUp() }
    }
    send(pending, to: redirect.endpoint)
  }

  /// Reports a warning to operators, once, in the log and in health reports.
  func reportWarning(_ text: String?, _ topic: RedisWarnings.Topic) {
    let isNew = loop.warnings.withLock { $0.set(text, for: topic) }
    if isNew, let text { logger.warning("\(text)") }
  }

  /// Ends a connection; what it owes replies for fails, since nobody knows whether it happened.
  func drop(_ connection: RedisConnection, _ error: IndexError) {
    guard connections[connection.endpoint] === connection else { return }
    connections[connection.endpoint] = nil
    if connection.state == .ready, connection.purpose == .data {
      loop.lostConnections.add(1, ordering: .sequentiallyConsistent)
    }
    recordOutage(error, at: connection.endpoint)
    routes.invalidate(connection.endpoint)
    lookup.error = error
    for pending in connection.takeUnanswered() { pending.job.fail(error) }
    if lookup.current == connection.endpoint { askNext(error) }
  }

  /// Ends a connection that is not needed any more.
  func close(_ connection: RedisConnection) { connections[connection.endpoint] = nil }

  private func recordOutage(_ error: IndexError, at endpoint: RedisEndpoint) {
    if outages[endpoint] == nil {
      logger.warning("Redis is unavailable", metadata: [LogKey.error: "\(error)"])
    }
    outages[endpoint, default: Outage(error: error)].error = error
    let now = SystemClock().now()
    outages[endpoint]?.backoff.fail(now)
    // Servers that nobody names any more are forgotten.
    if outages.count > 4096 { outages = outages.filter { $0.value.backoff.isWaiting(now) } }
  }

  /// Fails what is overdue, and drops the connections that owe it: their late replies must answer nothing else.
  func expire(now: MonotonicInstant) {
    for connection in connections.values where connection.nextDeadline <= now {
      let time = connection.state == .ready ? configuration.operationTimeout : configuration.connectTimeout
      drop(connection, connection.connectionError("no answer within \(time.text)", code: .timedOut))
    }
    let overdue = IndexError(
      code: .timedOut, message: "Redis did not do it within \(configuration.operationTimeout.text)")
    for job in jobs where job.deadline <= now { job.fail(overdue) }
    jobs.removeAll { $0.isOver }
    unrouted.removeAll { $0.job.isOver }
  }
}
