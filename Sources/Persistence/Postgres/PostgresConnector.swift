import CLibpq
import Glibc
import Logging
import NodeRuntime
import Persistence
import Synchronization
import TimerModel

/// Creates sessions: tries the hosts in turn, sets what each session needs, and refuses servers that may lose data.
final class PostgresConnector: ServerConnector {
  static let server = "PostgreSQL"

  private struct State {
    var backoff = Backoff(first: .milliseconds(50))
    var firstTarget = 0
    /// Until when a pooler is taken for one that keeps sessions, by the target's number.
    var sessionPoolers: [Int: MonotonicInstant] = [:]
    /// The settings that a server does not take, by the target's number.
    var unknownSettings: [Int: Set<String>] = [:]
  }

  private let configuration: PostgresConfiguration
  private let targets: [PostgresTarget]
  private let clock: any NodeClock
  private let logger: Logger
  private let state = Mutex(State())

  init(
    _ configuration: PostgresConfiguration, clock: any NodeClock, logger: Logger
  ) throws(StoreError) {
    targets = try PostgresTarget.targets(of: configuration.connectionString)
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  /// Connects, again and again with pauses between, until `deadline`. Blocks its thread.
  func connect(by deadline: MonotonicInstant) throws(StoreError) -> PostgresSession {
    var last = StoreError(code: .unavailable, message: "PostgreSQL: no connection within the time allowed")
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
    let part = Duration.microseconds(Int64.random(in: left / 2...left))
    PostgresSocket.rest(until: min(SystemClock.monotonic() + part, deadline))
  }

  private func connectOnce(by deadline: MonotonicInstant) throws(StoreError) -> PostgresSession {
    let first = state.withLock { $0.firstTarget }
    var failures: [StoreError] = []
    for turn in 0..<targets.count {
      let number = (first + turn) % targets.count
      let now = SystemClock.monotonic()
      // Each host gets its share of what is left, so that a silent one does not use up all.
      let share = now + (deadline - now) / (targets.count - turn)
      do throws(StoreError) {
        let session = try session(with: number, by: share)
        state.withLock { $0.firstTarget = number }
        return session
      } catch {
        failures.append(error)
      }
    }
    // A host that refuses says more than one that is silent; one that is silent may come back.
    guard var reported = failures.first(where: { !$0.isRetriable }) ?? failures.last else {
      throw StoreError(code: .unavailable, message: "PostgreSQL: no host")
    }
    reported.isRetriable = failures.contains(where: \.isRetriable)
    throw reported
  }

  private func session(
    with number: Int, by deadline: MonotonicInstant
  ) throws(StoreError) -> PostgresSession {
    let session = try open(targets[number], by: deadline)
    try examine(session, by: deadline)
    if session.isPooled { try examinePooler(to: number, session, by: deadline) }
    try setUp(session, number, by: deadline)
    return session
  }

  private func open(
    _ target: PostgresTarget, by deadline: MonotonicInstant
  ) throws(StoreError) -> PostgresSession {
    PostgresSession(
      try establish(target, by: deadline), requestTimeout: configuration.statementTimeout + .seconds(1))
  }

  /// Refuses a server that may lose data, and finds out whether there is a pooler before it: that makes up the process's number which
  /// a client is told.
  private func examine(_ session: PostgresSession, by deadline: MonotonicInstant) throws(StoreError) {
    let parameters = PostgresDurability.allCases
    // A server that does not know a parameter has it as NULL.
    let shown = parameters.map { "current_setting('\($0.rawValue)', true)" }.joined(separator: ", ")
    let row = try session.simple("SELECT pg_backend_pid(), \(shown)", timeout: Self.left(until: deadline))
    session.recordBackend(row.first ?? "")
    let lossy = zip(parameters, row.dropFirst()).filter { $0.1 == "off" }.map(\.0)
    guard !configuration.acceptedLosses.isSuperset(of: lossy) else { return }
    throw Self.refusal(of: lossy, accepted: configuration.acceptedLosses)
  }

  private static func refusal(
    of lossy: [PostgresDurability], accepted: Set<PostgresDurability>
  ) -> StoreError {
    let refused = lossy.filter { !accepted.contains($0) }.map { "\($0.rawValue)=off" }
    let all = PostgresDurability.allCases.filter { accepted.contains($0) || lossy.contains($0) }
    return StoreError(
      code: .incompatible,
      message: """
        the server may lose what it acknowledged: \(refused.joined(separator: ", ")). Turn that on, or, if nothing is lost by it there \
        (full_page_writes=off is right on ZFS, and Aurora shows it so), set accept-lossy-store to \
        \(all.map(\.rawValue).joined(separator: ","))
        """,
      isRetriable: false)
  }

  /// Refuses a pooler that gives each transaction another server session; asks it once in a while, as that costs a second
  /// connection.
  private func examinePooler(
    to number: Int, _ session: PostgresSession, by deadline: MonotonicInstant
  ) throws(StoreError) {
    let now = SystemClock.monotonic()
    let known = state.withLock { $0.sessionPoolers[number] ?? .distantPast }
    guard now > known else { return }
    let probe = PostgresPoolerProbe(first: session, deadline: deadline)
    guard
      try probe.keepsSessions(opening: { () throws(StoreError) in
        try open(targets[number], by: deadline)
      })
    else { throw PostgresPoolerProbe.refusal }
    state.withLock { $0.sessionPoolers[number] = now + Self.poolerMemory }
    if known == .distantPast {
      logger.notice("PostgreSQL is behind a pooler in session mode")
    }
  }

  /// Sets what each session needs in one round trip. What the server does not know, or does not let this role set, is left out from
  /// then on.
  private func setUp(
    _ session: PostgresSession, _ number: Int, by deadline: MonotonicInstant
  ) throws(StoreError) {
    let unknown = state.withLock { $0.unknownSettings[number] ?? [] }
    let settings = PostgresSetting.all(configuration).filter { !unknown.contains($0.name) }
    let together = settings.map(\.sql).joined(separator: "; ")
    guard try !session.set(together, timeout: Self.left(until: deadline)) else { return }
    for setting in settings {
      guard try !session.set(setting.sql, timeout: Self.left(until: deadline)) else { continue }
      guard !setting.isRequired else {
        throw StoreError(
          code: .incompatible, message: "PostgreSQL: the server does not take \(setting.sql)",
          isRetriable: false)
      }
      state.withLock { _ = $0.unknownSettings[number, default: []].insert(setting.name) }
      logger.debug(
        "PostgreSQL does not support a setting; continuing without it",
        metadata: ["setting": "\(setting.name)"])
    }
  }

  private static func left(until deadline: MonotonicInstant) -> Duration {
    max(.zero, deadline - SystemClock.monotonic())
  }

  private func establish(
    _ target: PostgresTarget, by deadline: MonotonicInstant
  ) throws(StoreError) -> OpaquePointer {
    let connection = Self.start(target)
    guard let connection else { throw StoreError(code: .unavailable, message: "libpq has no memory") }
    var status = PGRES_POLLING_WRITING
    while status != PGRES_POLLING_OK {
      guard status != PGRES_POLLING_FAILED, PQstatus(connection) != CONNECTION_BAD else {
        let lines = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline)
        PQfinish(connection)
        throw Self.failure(target.withoutSecrets(lines.joined(separator: " ")))
      }
      let isReady =
        status == PGRES_POLLING_WRITING
        ? PostgresSocket.waitToWrite(connection, until: deadline)
        : PostgresSocket.wait(connection, toWrite: false, until: deadline)
      guard isReady else {
        PQfinish(connection)
        throw PostgresError("the server did not take a connection in time", endsConnection: true)
          .storeError(mayHaveCommitted: false)
      }
      status = PQconnectPoll(connection)
    }
    return connection
  }

  /// The error for a connection that failed, in libpq's words, and what to do about a pooler that takes fewer parameters than the server.
  private static func failure(_ text: String) -> StoreError {
    let isPoolers = text.contains("unsupported startup parameter")
    let advice = " (a pooler refuses it: name it in PgBouncer's ignore_startup_parameters, or leave it out)"
    return PostgresError(text + (isPoolers ? advice : ""), endsConnection: true)
      .storeError(mayHaveCommitted: false)
  }

  private static func start(_ target: PostgresTarget) -> OpaquePointer? {
    let options = Array(target.options)
    // strdup, since libpq wants two arrays of C strings at once.
    let keywords = options.map { strdup($0.key) }
    let values = options.map { strdup($0.value) }
    defer { for pointer in keywords + values { free(pointer) } }
    return PQconnectStartParams(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
  }

  /// For how long a pooler is believed to be what it was found to be.
  private static let poolerMemory = Duration.seconds(60)
}
