import NodeRuntime
import Synchronization
package import Telemetry
package import TimerModel

/// A fixed number of connections. Requests wait for one in order, and no longer than a deadline.
package final class ConnectionPool<Connector: ServerConnector>: Sendable {
  private struct Waiter {
    let deadline: MonotonicInstant
    let continuation: CheckedContinuation<ServerConnection<Connector>, any Error>
  }

  private struct State {
    var idle: [ServerConnection<Connector>]
    // All wait equally long, so that the first in line is the first to give up.
    var waiting: [Waiter] = []
    var isClosed = false
  }

  private let connections: [ServerConnection<Connector>]
  private let timeout: Duration
  private let alarm: StepThread
  private let state: Mutex<State>
  private let wait: Durations
  private static var waitingLimit: Int { 1000 }

  /// Starts `count` threads; connections are made when they are needed.
  package init(
    name: String, count: Int, timeout: Duration, connector: Connector, meters: Instruments = .off,
    as pool: PoolName = .work
  ) {
    connections = (0..<max(count, 1)).map { ServerConnection(name: "\(name)-\($0)", connector: connector) }
    self.timeout = timeout
    alarm = StepThread(name: "\(name)-wait")
    state = Mutex(State(idle: connections))
    wait = meters.durations(.storeConnectionWait, by: PoolName.self)[pool]
    let inUse = meters.gauges(.storeConnections, by: PoolName.self)[pool]
    meters.onScrape { [weak self] in
      if let self { inUse.set(self.connections.count - self.state.withLock(\.idle.count)) }
    }
  }

  /// Runs `body` on a connection that is free.
  ///
  /// - Throws: `StoreError` `unavailable` if there is none within the time-out; then nothing has happened.
  package func run<Value: Sendable>(
    _ body: @Sendable (Connector.Session) throws -> Value
  ) async throws -> Value {
    let deadline = SystemClock.monotonic() + timeout
    let start = Stopwatch()
    let connection = try await acquire(by: deadline)
    wait.record(since: start)
    defer { release(connection) }
    return try await connection.run(by: deadline, body)
  }

  /// The same, and runs `body` again if the server has rolled it back in favour of another request, or takes no writes any more; in that
  /// case no connection of `pools` is left on the server, not even an idle one.
  package func write<Value: Sendable>(
    leaving pools: [ConnectionPool], _ body: @Sendable (Connector.Session) throws -> Value
  ) async throws -> Value {
    for _ in 0..<4 {
      let began = SystemClock.monotonic()
      do {
        return try await run(body)
      } catch let error as StoreError {
        guard let cause = error.cause as? any ServerError else { throw error }
        if cause.isReadOnlyServer {
          for pool in pools { await pool.disconnect(establishedBefore: began) }
        } else if !cause.isConflict {
          throw error
        }
      }
    }
    return try await run(body)
  }

  /// Disconnects what was established before `moment`, after the requests that are in progress.
  package func disconnect(establishedBefore moment: MonotonicInstant) async {
    for connection in connections { await connection.close(establishedBefore: moment) }
  }

  /// Refuses new requests and disconnects after those that are in progress.
  package func close() async {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.continuation.resume(throwing: Self.unavailable("the store is closed")) }
    for connection in connections { await connection.close() }
  }

  private func acquire(by deadline: MonotonicInstant) async throws -> ServerConnection<Connector> {
    try await withCheckedThrowingContinuation { continuation in
      let answer = state.withLock { state -> Result<ServerConnection<Connector>, any Error>? in
        if state.isClosed { return .failure(Self.unavailable("the store is closed")) }
        // The last one given back is the likeliest to be connected.
        if let connection = state.idle.popLast() { return .success(connection) }
        guard state.waiting.count < Self.waitingLimit else {
          return .failure(Self.unavailable("too many requests wait for a connection"))
        }
        state.waiting.append(Waiter(deadline: deadline, continuation: continuation))
        return nil
      }
      if let answer { return continuation.resume(with: answer) }
      watch()
    }
  }

  private func release(_ connection: ServerConnection<Connector>) {
    let waiter = state.withLock { state -> Waiter? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.idle.append(connection)
      return nil
    }
    waiter?.continuation.resume(returning: connection)
  }

  private func watch() {
    guard let deadline = state.withLock({ $0.waiting.first?.deadline }) else { return }
    alarm.setAlarm(deadline) { [weak self] in self?.failExpired() }
  }

  private func failExpired() {
    let now = SystemClock.monotonic()
    let late = state.withLock { state in
      let late = state.waiting.prefix { $0.deadline <= now }
      state.waiting.removeFirst(late.count)
      return late
    }
    for waiter in late {
      waiter.continuation.resume(throwing: Self.unavailable("no connection was free in time"))
    }
    watch()
  }

  private static func unavailable(_ message: String) -> StoreError {
    StoreError(code: .unavailable, message: "\(Connector.server): \(message)")
  }
}
