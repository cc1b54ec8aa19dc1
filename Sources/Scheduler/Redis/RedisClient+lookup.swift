import StepRunner
import TimerModel

/// The search for who holds what: servers are asked one after another.
struct RedisLookup {
  /// The endpoints that are still to be asked.
  var remaining: [RedisEndpoint] = []
  /// The endpoint that is being asked.
  var asked: RedisEndpoint?
  var isUnderWay = false
  /// The reason why the latest search found nothing.
  var error = IndexError(code: .unavailable, message: "no server was found yet")
  /// Keeps searches apart, successful or not.
  var backoff = Backoff(first: .milliseconds(100))
}

extension RedisClient {
  /// Begins a search, unless one is in progress or was so a moment ago.
  func lookUp() {
    guard !lookup.isUnderWay, !lookup.backoff.isWaiting(SystemClock().now()) else { return }
    lookup.isUnderWay = true
    lookup.remaining = routes.candidates
    askNext(lookup.error)
  }

  /// Asks the next server, after `error` of the one before.
  func askNext(_ error: IndexError) {
    lookup.asked = nil
    lookup.error = error
    while !lookup.remaining.isEmpty {
      let endpoint = lookup.remaining.removeFirst()
      do {
        let connection = try connection(to: endpoint, for: routes.askedPurpose)
        lookup.asked = endpoint
        if connection.state == .ready { try ask(connection) }
        return
      } catch {
        lookup.error = error
      }
    }
    lookup.isUnderWay = false
    lookup.backoff.fail(SystemClock().now())
    let unrouted = parked
    parked = []
    for pending in unrouted { pending.job.fail(lookup.error) }
  }

  func ask(_ connection: RedisConnection) throws(IndexError) {
    let deadline = SystemClock.monotonicMicroseconds() + configuration.connectTimeout.microseconds
    try connection.send(routes.question, for: .lookup(deadline: deadline))
  }

  func takeAnswer(_ reply: RedisValue, from connection: RedisConnection) {
    if connection.purpose == .sentinel { close(connection) }
    guard lookup.asked == connection.endpoint else { return }
    do {
      try routes.learn(reply, from: connection.endpoint)
      remark(routes.remark, .slots)
    } catch {
      return askNext(error)
    }
    lookup.isUnderWay = false
    lookup.asked = nil
    lookup.backoff.succeed()
    lookup.backoff.fail(SystemClock().now())
    let routed = parked
    parked = []
    for pending in routed { dispatch(pending) }
  }
}
