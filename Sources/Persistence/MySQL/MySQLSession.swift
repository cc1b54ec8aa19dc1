import NodeRuntime
import Persistence
import TimerModel

/// One connection that is set up, used by one thread. Everything blocks, until a deadline at most.
final class MySQLSession: ServerSession {
  let server: MySQLServer
  /// A number that the session keeps in a variable of its own: a session without it is not the one that was set up.
  let mark: Int64
  /// The time at which it was established.
  let establishedAt = SystemClock.monotonic()
  /// True if nothing can be sent any more.
  private(set) var isBroken = false
  private let handle: MySQLHandle
  private let requestTimeout: Duration

  init(_ handle: MySQLHandle, server: MySQLServer, mark: Int64, requestTimeout: Duration) {
    self.handle = handle
    self.server = server
    self.mark = mark
    self.requestTimeout = requestTimeout
  }

  /// True if the connection may be used; false if the server has closed it since.
  var isUsable: Bool { !isBroken && !handle.hasInput }

  /// Runs queries, in one packet unless it would be too large. Outside of a transaction each is one of its own.
  ///
  /// - Parameter commits: whether one of the queries may commit something.
  /// - Returns: the reply to each query, in order.
  @discardableResult
  func run(_ queries: [MySQLQuery], commits: Bool) throws(StoreError) -> [MySQLRows] {
    var replies: [MySQLRows] = []
    do throws(MySQLError) {
      for packet in packets(queries) {
        try handle.run(packet, into: &replies, by: SystemClock.monotonic() + requestTimeout)
      }
      guard replies.count == queries.count else {
        throw MySQLError("the server answered in another way than it was asked", endsConnection: true)
      }
      return replies
    } catch {
      // Those before the one that failed have taken effect, unless a transaction is open.
      let mayHaveCommitted = error.endsConnection || !replies.isEmpty && !handle.isInTransaction
      throw failure(error, outcome: commits && mayHaveCommitted ? .unknown : .notApplied)
    }
  }

  /// Runs `first` after the beginning of a transaction, and commits what `decide` makes of the replies: two round trips.
  ///
  /// - Throws: with outcome `unknown` only if the reply to COMMIT is missing.
  func transaction<Value>(
    _ first: [MySQLQuery], _ decide: ([MySQLRows]) throws -> (Value, [MySQLQuery])
  ) throws -> Value {
    do {
      let replies = try run([MySQLQuery(.begin)] + first, commits: false)
      let (value, writes) = try decide(Array(replies.dropFirst()))
      try run(writes + [MySQLQuery(.commit)], commits: true)
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs a statement that has no parameters, for as long as it takes.
  @discardableResult
  func run(_ sql: String, timeout: Duration? = nil) throws(StoreError) -> MySQLRows {
    var replies: [MySQLRows] = []
    do throws(MySQLError) {
      let deadline = SystemClock.monotonic() + (timeout ?? requestTimeout)
      try handle.run(Array(sql.utf8), into: &replies, by: deadline)
      guard let last = replies.last else { throw MySQLError("no answer", endsConnection: true) }
      return last
    } catch {
      throw failure(error, outcome: error.endsConnection ? .unknown : .notApplied)
    }
  }

  /// Reads the time that a packet was given.
  ///
  /// - Throws: if there is none: the session is not the one that was set up, and is not used again.
  func time(_ rows: MySQLRows) throws(StoreError) -> StoreTime {
    guard let milliseconds = rows.integer(0, 0) else { throw failure(.lostSettings, outcome: .unknown) }
    return StoreTime(Timestamp(milliseconds: milliseconds))
  }

  /// Lets the next request have another session.
  func discard() { isBroken = true }

  private func failure(_ error: MySQLError, outcome: StoreError.Outcome) -> StoreError {
    if error.asksForAnotherConnection { isBroken = true }
    return error.storeError(outcome: outcome)
  }

  private func rollBack() {
    guard !isBroken else { return }
    // Whatever fails here, the server rolls back when the connection goes.
    if (try? run([MySQLQuery(.rollback)], commits: false)) == nil { isBroken = true }
  }

  /// Joins statements up to the size that the server takes.
  private func packets(_ queries: [MySQLQuery]) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    for query in queries {
      let text = query.text
      if let last = packets.indices.last, packets[last].count + text.count < server.maxPacket / 2 {
        packets[last].append(UInt8(ascii: ";"))
        packets[last] += text
      } else {
        packets.append(text)
      }
    }
    return packets
  }
}
