import NodeRuntime
import TimerModel

/// The search for who holds what: servers are asked one after another.
struct RedisLookup {
  /// The endpoints that are still to be asked.
  var remaining: [RedisEndpoint] = []
  /// The endpoint that is being asked.
  var current: RedisEndpoint?
  var isInProgress = false
  /// The reason why the latest search found nothing.
  var error = IndexError(code: .unavailable, message: "no server was found yet")
  /// Keeps searches apart, successful or not.
  var backoff = Backoff(first: .milliseconds(100))
}

extension RedisClient {
  /// Begins a search, unless one is in progress or was so a moment ago.
  func lookUp() {
    guard !lookup.isInProgress, !lookup.backoff.isWaiting(SystemClock().now()) else { return }
    lookup.isInProgress = true
    lookup.remaining = routes.candidates
    askNext(lookup.error)
  }

  /// Asks the next server, after `error` of the one before.
  func askNext(_ error: IndexError) {
    lookup.current = nil
    lookup.error = error
    while !lookup.remaining.isEmpty {
      let endpoint = lookup.remaining.removeFirst()
      do {
        let connection = try connection(to: endpoint, for: routes.discoveryPurpose)
        lookup.current = endpoint
        if connection.state == .ready { try ask(connection) }
        return
      } catch {
        lookup.error = error
      }
    }
    lookup.isInProgress = false
    lookup.backoff.fail(SystemClock().now())
    let failed = unrouted
    unrouted = []
    for pending in failed { pending.job.fail(lookup.error) }
  }

  func ask(_ connection: RedisConnection) throws(IndexError) {
    let deadline = SystemClock.monotonic() + configuration.connectTimeout
    try connection.send(routes.discoveryCommand, for: .lookup(deadline: deadline))
  }

  func handleLookupReply(_ reply: RedisValue, from connection: RedisConnection) {
    if connection.purpose == .sentinel { close(connection) }
    guard lookup.current == connection.endpoint else { return }
    do {
      try routes.learn(reply, from: connection.endpoint)
      reportWarning(routes.warning, .slots)
    } catch {
      return askNext(error)
    }
    lookup.isInProgress = false
    lookup.current = nil
    lookup.backoff.succeed()
    lookup.backoff.fail(SystemClock().now())
    let routed = unrouted
    unrouted = []
    for pending in routed { dispatch(pending) }
  }
}
