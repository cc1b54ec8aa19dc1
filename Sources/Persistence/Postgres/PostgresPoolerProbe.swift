import NodeRuntime
import TimerModel

/// Finds out whether a pooler keeps one server session for each connection.
///
/// A pooler that gives each transaction another session (PgBouncer's `pool_mode=transaction`) loses prepared statements and
/// settings, though only once several connections are busy: with two of them it shows at once.
struct PostgresPoolerProbe {
  let first: PostgresSession
  let deadline: MonotonicInstant

  /// The refusal of such a pooler.
  static let refusal = StoreError(
    code: .incompatible,
    message: """
      PostgreSQL is behind a pooler, such as PgBouncer, that gives each transaction another server session: prepared \
      statements and settings are lost there. Connect to the server itself, or to a pool with pool_mode=session
      """,
    isRetriable: false)

  private static let rounds = 4

  /// - Parameter opening: makes a second connection the same way.
  /// - Returns: false if the two were seen to share a server session, or one of them to change it. True also where a second
  ///   connection waits for its turn: a pooler that keeps sessions has no more of them then.
  func keepsSessions(opening: () throws(StoreError) -> PostgresSession) throws(StoreError) -> Bool {
    // Poolers that pin a connection to its session (RDS Proxy) do so from the first setting on.
    _ = try first.set("SET timerd.session = 'probe'", timeout: left)
    var backend = try backend(of: first)
    guard backend == first.backend || first.backend.isEmpty else { return false }
    let second: PostgresSession
    do throws(StoreError) {
      second = try opening()
      _ = try second.set("SET timerd.session = 'probe'", timeout: left)
    } catch {
      guard error.code == .unavailable else { throw error }
      return true
    }
    for _ in 0..<Self.rounds {
      let other: String
      do throws(StoreError) {
        other = try second.simple("BEGIN; SELECT pg_backend_pid()", timeout: left).first ?? ""
      } catch {
        // Nothing in time: the second waits for a session. Anything else: this pooler knows no transactions of several
        // statements.
        if (error.cause as? PostgresError)?.isTimeout == true { return true }
        return false
      }
      let now = try self.backend(of: first)
      if now != backend || other == now { return false }
      backend = now
      let after = try second.simple("ROLLBACK; SELECT pg_backend_pid()", timeout: left).first ?? ""
      if after != other { return false }
    }
    return true
  }

  private var left: Duration { max(.zero, deadline - SystemClock.monotonic()) }

  private func backend(of session: PostgresSession) throws(StoreError) -> String {
    try session.simple("SELECT pg_backend_pid()", timeout: left).first ?? ""
  }
}
