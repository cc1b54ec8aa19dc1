import NodeRuntime
import TimerModel

/// One connection: an actor on its own thread. Its bodies are synchronous, so that a transaction cannot suspend midway.
actor ServerConnection<Connector: ServerConnector> {
  private let executor: ThreadExecutor
  private let connector: Connector
  private var session: Connector.Session?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Starts the thread; the first request connects.
  init(name: String, connector: Connector) {
    executor = ThreadExecutor(name: name)
    self.connector = connector
  }

  /// Runs `body` on the connection; connects before if need be, by `deadline`.
  func run<Value: Sendable>(
    by deadline: MonotonicInstant, _ body: @Sendable (Connector.Session) throws -> Value
  ) throws -> Value {
    let session = try connected(by: deadline)
    defer { if session.isBroken { self.session = nil } }
    return try body(session)
  }

  /// Disconnects; the next request connects again.
  func close() { session = nil }

  /// Disconnects, unless the connection was established after `moment`.
  func close(establishedBefore moment: MonotonicInstant) {
    if let session, session.establishedAt < moment { self.session = nil }
  }

  private func connected(by deadline: MonotonicInstant) throws -> Connector.Session {
    if let session, session.isUsable { return session }
    session = nil
    let new = try connector.connect(by: deadline)
    session = new
    return new
  }
}
