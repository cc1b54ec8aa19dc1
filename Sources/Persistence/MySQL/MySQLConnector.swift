import Glibc
import Logging
import NodeRuntime
import Persistence
import Synchronization
import TimerModel

/// Creates sessions: connects, refuses servers that may lose data, and sets what each session needs.
final class MySQLConnector: ServerConnector {
  static let server = "MySQL"

  private struct State {
    var backoff = Backoff(first: .milliseconds(50))
    /// Settings that the server does not take.
    var unknownSettings: Set<String> = []
  }

  let target: MySQLTarget
  private let configuration: MySQLConfiguration
  private let clock: any NodeClock
  private let logger: Logger
  private let state = Mutex(State())

  init(_ configuration: MySQLConfiguration, clock: any NodeClock, logger: Logger) throws(StoreError) {
    target = try MySQLTarget(configuration.address)
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  /// Connects, again and again with pauses between, until `deadline`. Blocks its thread.
  func connect(by deadline: MonotonicInstant) throws(StoreError) -> MySQLSession {
    var last = StoreError(code: .unavailable, message: "MySQL: no connection within the time allowed")
    while true {
      pause(until: deadline)
      guard SystemClock.monotonic() < deadline else { throw last }
      do throws(StoreError) {
        let session = try connectOnce(by: deadline)
        state.withLock { $0.backoff.succeed() }
        return session
      } catch {
        last = error
        // Nothing of what was asked for has been sent.
        last.outcome = .notApplied
        last.message = target.withoutSecrets(error.message)
        state.withLock { $0.backoff.fail(clock.now()) }
        guard error.isRetriable else { throw last }
      }
    }
  }

  /// Waits for a random part of the back-off, so that not all connections of all nodes come back at once.
  private func pause(until deadline: MonotonicInstant) {
    let (until, paced) = (state.withLock { $0.backoff.until }, clock.now().monotonic)
    guard until > paced else { return }
    let left = until.microseconds(since: paced)
    let end = min(SystemClock.monotonic() + .microseconds(Int64.random(in: left / 2...left)), deadline)
    while true {
      // There is nothing to wait for but the time itself.
      let left = end.microseconds(since: SystemClock.monotonic())
      guard left > 0 else { return }
      usleep(UInt32(min(left, 900_000)))
    }
  }

  private func connectOnce(by deadline: MonotonicInstant) throws(StoreError) -> MySQLSession {
    let handle = try translating { () throws(MySQLError) in try open(by: deadline) }
    let variables = try translating { () throws(MySQLError) in try readVariables(handle, by: deadline) }
    let server = try MySQLServer(variables)
    try refuseLosses(variables)
    let mark = Int64.random(in: 1...Int64.max)
    try translating { () throws(MySQLError) in
      guard variables["read_only"] != "ON", variables["read_only"] != "1" else {
        throw MySQLError(number: 1290, "the server is read-only")
      }
      try setUp(handle, server, mark: mark, by: deadline)
    }
    return MySQLSession(
      handle, server: server, mark: mark, requestTimeout: configuration.statementTimeout + .seconds(1))
  }

  private func translating<Value>(_ body: () throws(MySQLError) -> Value) throws(StoreError) -> Value {
    do throws(MySQLError) {
      return try body()
    } catch {
      throw error.storeError(outcome: .notApplied)
    }
  }

  private func open(by deadline: MonotonicInstant) throws(MySQLError) -> MySQLHandle {
    let handle = try MySQLHandle()
    handle.prepare(target.tls)
    try handle.connect(to: target, by: deadline)
    guard handle.isEncrypted || !target.tls.mode.isRequired else {
      throw MySQLError(
        "the server has no TLS: set it up there, or allow a connection without by ssl-mode=PREFERRED",
        endsConnection: true)
    }
    return handle
  }

  /// Reads the variables by which a server is judged; one that it does not know is missing.
  private func readVariables(
    _ handle: MySQLHandle, by deadline: MonotonicInstant
  ) throws(MySQLError) -> [String: String] {
    let names = MySQLServer.variables.map { "'\($0)'" }.joined(separator: ", ")
    var replies: [MySQLRows] = []
    try handle.run(
      Array("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(names))".utf8), into: &replies, by: deadline)
    var variables: [String: String] = [:]
    for reply in replies {
      for row in 0..<reply.count { variables[reply.text(row, 0) ?? ""] = reply.text(row, 1) }
    }
    return variables
  }

  private func refuseLosses(_ variables: [String: String]) throws(StoreError) {
    let lossy = MySQLDurability.lossy(variables)
    let accepted = configuration.acceptedLosses
    let refused = lossy.filter { !accepted.contains($0.variable) }
    guard !refused.isEmpty else { return }
    let found = refused.map { "\($0.variable.rawValue)=\($0.value)" }.joined(separator: ", ")
    let all = MySQLDurability.allCases.filter { variable in
      accepted.contains(variable) || lossy.contains { $0.variable == variable }
    }
    throw StoreError(
      code: .incompatible,
      message: """
        the server may lose what it acknowledged: \(found). Set that to 1, or, if nothing is lost by it there, set accept-lossy-store \
        to \(all.map(\.rawValue).joined(separator: ","))
        """,
      isRetriable: false)
  }

  /// Sets what each session needs in one packet, then what the server may not know. A setting that it does not take is left out from
  /// then on.
  private func setUp(
    _ handle: MySQLHandle, _ server: MySQLServer, mark: Int64, by deadline: MonotonicInstant
  ) throws(MySQLError) {
    var replies: [MySQLRows] = []
    let statements =
      MySQLSetting.required.map(\.sql) + [
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET @timerd_session = \(mark)",
      ]
    try handle.run(Array(statements.joined(separator: "; ").utf8), into: &replies, by: deadline)
    let optional = MySQLSetting.optional(
      for: server.dialect, statementTimeout: configuration.statementTimeout)
    let unknown = state.withLock { $0.unknownSettings }
    for setting in optional where !unknown.contains(setting.name) {
      do throws(MySQLError) {
        try handle.run(Array(setting.sql.utf8), into: &replies, by: deadline)
      } catch {
        guard error.isRefusedSetting else { throw error }
        state.withLock { _ = $0.unknownSettings.insert(setting.name) }
        logger.notice("MySQL does not take a setting", metadata: ["setting": "\(setting.name)"])
      }
    }
  }
}
