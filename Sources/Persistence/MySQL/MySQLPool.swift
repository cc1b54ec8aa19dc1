import NodeRuntime
import Synchronization
import Telemetry
import TimerModel

/// A fixed number of connections. Requests wait for one in order, and no longer than a deadline.
final class MySQLPool: Sendable {
  private struct Waiter {
    let deadline: MonotonicInstant
    let continuation: CheckedContinuation<MySQLConnection, any Error>
  }

  private struct State {
    var idle: [MySQLConnection]
    // All wait equally long, so that the first in line is the first to give up.
    var waiting: [Waiter] = []
    var isClosed = false
  }

  private let connections: [MySQLConnection]
  private let timeout: Duration
  private let alarm: StepThread
  private let state: Mutex<State>
  private let wait: Durations
  private static let waitingLimit = 1000

  /// Starts `count` threads; connections are made when they are needed.
  init(
    name: String, count: Int, timeout: Duration, connector: MySQLConnector, meters: Instruments = .off,
    as pool: PoolName = .work
  ) {
    connections = (0..<max(count, 1)).map { MySQLConnection(name: "\(name)-\($0)", connector: connector) }
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
  func run<Value: Sendable>(_ body: @Sendable (MySQLSession) throws -> Value) async throws -> Value {
    let deadline = SystemClock.monotonic() + timeout
    let start = Stopwatch()
    let connection = try await acquire(by: deadline)
    wait.record(since: start)
    defer { release(connection) }
    return try await connection.run(by: deadline, body)
  }

  /// Disconnects what was established before `moment`, after the requests that are in progress.
  func disconnect(establishedBefore moment: MonotonicInstant) async {
    for connection in connections { await connection.close(establishedBefore: moment) }
  }

  /// Refuses new requests and disconnects after those that are in progress.
  func close() async {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.continuation.resume(throwing: Self.unavailable("the store is closed")) }
    for connection in connections { await connection.close() }
  }

  private func acquire(by deadline: MonotonicInstant) async throws -> MySQLConnection {
    try await withCheckedThrowingContinuation { continuation in
      let answer = state.withLock { state -> Result<MySQLConnection, any Error>? in
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

  private func release(_ connection: MySQLConnection) {
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
    StoreError(code: .unavailable, message: "MySQL: \(message)")
  }
}
