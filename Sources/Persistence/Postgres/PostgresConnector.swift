import CLibpq
import Glibc
import StepRunner
import Synchronization
import TimerModel

/// Makes sessions: tries the hosts in turn, sets what each session needs, and refuses servers that may lose data.
final class PostgresConnector: Sendable {
  private struct State {
    var backoff = Backoff(first: .milliseconds(50))
    var firstTarget = 0
  }

  private let configuration: PostgresConfiguration
  private let targets: [PostgresTarget]
  private let clock: any NodeClock
  private let state = Mutex(State())

  init(_ configuration: PostgresConfiguration, clock: any NodeClock) throws(StoreError) {
    targets = try PostgresTarget.targets(of: configuration.connectionString)
    self.configuration = configuration
    self.clock = clock
  }

  /// Connects, again and again with pauses between, until `deadline` of the monotonic clock. Blocks its thread.
  func connect(by deadline: Int64) throws(StoreError) -> PostgresSession {
    var last = StoreError(code: .unavailable, message: "PostgreSQL: no connection within the time allowed")
    while true {
      pause(until: deadline)
      guard SystemClock.monotonicMicroseconds() < deadline else { throw last }
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
  private func pause(until deadline: Int64) {
    let (until, paced) = (state.withLock { $0.backoff.until }, clock.now().monotonicMicroseconds)
    guard until > paced else { return }
    let left = until - paced
    let now = SystemClock.monotonicMicroseconds()
    PostgresSocket.rest(until: min(now + Int64.random(in: left / 2...left), deadline))
  }

  private func connectOnce(by deadline: Int64) throws(StoreError) -> PostgresSession {
    let first = state.withLock { $0.firstTarget }
    var last = StoreError(code: .unavailable, message: "PostgreSQL: no host")
    for turn in 0..<targets.count {
      let number = (first + turn) % targets.count
      let now = SystemClock.monotonicMicroseconds()
      // Each host gets its share of what is left, so that a silent one does not use up all.
      let share = now + (deadline - now) / Int64(targets.count - turn)
      do throws(StoreError) {
        let session = try session(with: targets[number], by: share)
        state.withLock { $0.firstTarget = number }
        return session
      } catch {
        last = error
      }
    }
    throw last
  }

  private func session(with target: PostgresTarget, by deadline: Int64) throws(StoreError) -> PostgresSession
  {
    let session = PostgresSession(
      try establish(target, by: deadline), requestTimeout: configuration.statementTimeout + .seconds(1))
    let left = max(0, deadline - SystemClock.monotonicMicroseconds())
    let settings = try session.simple(setUp, timeout: .microseconds(left))
    let lossy = zip(Self.durability, settings).filter { $0.1 == "off" }.map { "\($0.0)=off" }
    guard lossy.isEmpty || configuration.acceptsLossyServer else {
      throw StoreError(
        code: .incompatible,
        message: "the server may lose what it acknowledged: \(lossy.joined(separator: ", "))",
        isRetriable: false)
    }
    return session
  }

  private func establish(_ target: PostgresTarget, by deadline: Int64) throws(StoreError) -> OpaquePointer {
    let connection = Self.start(target)
    guard let connection else { throw StoreError(code: .unavailable, message: "libpq has no memory") }
    var status = PGRES_POLLING_WRITING
    while status != PGRES_POLLING_OK {
      guard status != PGRES_POLLING_FAILED, PQstatus(connection) != CONNECTION_BAD else {
        let lines = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline)
        PQfinish(connection)
        throw PostgresError(lines.joined(separator: " "), endsConnection: true)
          .storeError(mayHaveCommitted: false)
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

  private static func start(_ target: PostgresTarget) -> OpaquePointer? {
    let options = Array(target.options)
    // strdup, since libpq wants two arrays of C strings at once.
    let keywords = options.map { strdup($0.key) }
    let values = options.map { strdup($0.value) }
    defer { for pointer in keywords + values { free(pointer) } }
    return PQconnectStartParams(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
  }

  private static let durability = ["fsync", "synchronous_commit", "full_page_writes"]

  /// Only nested loops from the list of keys into an index: rows are locked in the order of the list, and no plan changes
  /// with the statistics.
  private var setUp: String {
    """
    SET search_path = "\(configuration.schema)"; SET client_encoding = 'UTF8';
    SET statement_timeout = \(configuration.statementTimeout.millisecondsRoundedUp);
    SET idle_in_transaction_session_timeout = \(configuration.statementTimeout.millisecondsRoundedUp);
    SET default_transaction_isolation = 'read committed'; SET client_connection_check_interval = 1000;
    SET plan_cache_mode = force_generic_plan; SET jit = off;
    SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off;
    SELECT \(Self.durability.map { "current_setting('\($0)')" }.joined(separator: ", "))
    """
  }
}
