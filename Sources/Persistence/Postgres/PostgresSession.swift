import CLibpq
import Glibc
import NodeRuntime
import Persistence
import TimerModel

/// One `PGconn`, used by one thread; freed with this object. Everything blocks, until a deadline at most.
final class PostgresSession: ServerSession {
  private let connection: OpaquePointer
  private let requestTimeout: Duration
  private var prepared: Set<String> = []
  /// Set when the server has committed without waiting for its standby.
  private var isReplicationDoubtful = false
  /// The time at which it was established.
  let establishedAt = SystemClock.monotonic()
  /// True if nothing can be sent any more.
  private(set) var isBroken = false
  /// The number of the server's process that answered first, in digits.
  private(set) var backend = ""
  /// True with a pooler between: the process's number is not the one that was told when connecting.
  private(set) var isPooled = false

  /// Takes over a connection that is established.
  init(_ connection: OpaquePointer, requestTimeout: Duration) {
    self.connection = connection
    self.requestTimeout = requestTimeout
    PQsetnonblocking(connection, 1)
    PQsetNoticeReceiver(connection, Self.receiveNotice, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { PQfinish(connection) }

  /// True if the connection may be used; false if the server has closed it since.
  var isUsable: Bool {
    guard !isBroken else { return false }
    // Input that nobody asked for is a notice, a changed parameter or the end.
    while PostgresSocket.hasInput(connection) {
      guard PQconsumeInput(connection) == 1 else { return false }
    }
    // Makes libpq read what came: a server's last words come as a notice.
    _ = PQisBusy(connection)
    return !isBroken && PQstatus(connection) == CONNECTION_OK
  }

  /// Runs queries in one round trip; outside of a transaction block they are one transaction.
  ///
  /// - Parameter commits: whether the round trip may commit something.
  /// - Returns: the rows of each query, in order.
  @discardableResult
  func run(_ queries: [PostgresQuery], commits: Bool) throws(StoreError) -> [PostgresRows] {
    isReplicationDoubtful = false
    do throws(PostgresError) {
      let rows = try pipeline(queries)
      guard !(commits && isReplicationDoubtful) else {
        throw PostgresError("the server committed without waiting for its standby", endsConnection: true)
      }
      return rows
    } catch {
      throw failure(error, mayHaveCommitted: commits)
    }
  }

  /// Runs one query; outside of a transaction block it is a transaction of its own.
  func run(_ query: PostgresQuery, commits: Bool) throws(StoreError) -> PostgresRows {
    try run([query], commits: commits)[0]
  }

  /// Runs `body` between BEGIN and COMMIT.
  ///
  /// - Throws: with outcome `unknown` only if the reply to COMMIT is missing.
  func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    let value: Value
    do {
      value = try body()
    } catch {
      rollBack()
      throw error
    }
    try run([PostgresQuery(.commit)], commits: true)
    return value
  }

  /// Runs statements given as text, without parameters; the last one's first row comes back as text.
  @discardableResult
  func simple(_ sql: String, timeout: Duration? = nil) throws(StoreError) -> [String] {
    do throws(PostgresError) {
      return try runSimple(sql, deadline(timeout ?? requestTimeout))
    } catch {
      throw failure(error, mayHaveCommitted: true)
    }
  }

  /// Notes which process of the server answered.
  func recordBackend(_ number: String) {
    backend = number
    isPooled = number != "\(PQbackendPID(connection))"
  }

  /// Sets parameters of the session: all of them, or none.
  ///
  /// - Returns: false if the server does not know one of them, or does not let this role set it.
  func set(_ sql: String, timeout: Duration) throws(StoreError) -> Bool {
    do throws(PostgresError) {
      _ = try runSimple(sql, deadline(timeout))
      return true
    } catch {
      if !error.endsConnection, let state = error.sqlState, PostgresSetting.refusals.contains(state) {
        return false
      }
      throw failure(error, mayHaveCommitted: false)
    }
  }

  private func failure(_ error: PostgresError, mayHaveCommitted: Bool) -> StoreError {
    if error.asksForAnotherConnection { isBroken = true }
    var failure = error.storeError(mayHaveCommitted: mayHaveCommitted)
    if isPooled, error.isLostState {
      isBroken = true
      failure.message += "; the pooler before it seems to give each transaction another session, and must not"
    }
    return failure
  }

  private func rollBack() {
    guard !isBroken, PQtransactionStatus(connection) != PQTRANS_IDLE else { return }
    // Whatever fails here, the server rolls back when the connection goes.
    if (try? run([PostgresQuery(.rollback)], commits: false)) == nil { isBroken = true }
  }

  private func runSimple(_ sql: String, _ deadline: MonotonicInstant) throws(PostgresError) -> [String] {
    PQexitPipelineMode(connection)
    guard PQsendQuery(connection, sql) == 1 else { throw lost() }
    var fields: [String] = []
    var failure: PostgresError?
    while let result = try next(deadline) {
      let rows = PostgresRows(result)
      if let error = Self.error(in: result) { failure = failure ?? error }
      fields = rows.count == 0 ? [] : (0..<rows.columnCount).map { rows.text(0, $0) ?? "" }
    }
    if let failure { throw failure }
    return fields
  }

  private func pipeline(_ queries: [PostgresQuery]) throws(PostgresError) -> [PostgresRows] {
    guard PQenterPipelineMode(connection) == 1 else { throw lost() }
    var expected: [String?] = []
    for query in queries {
      if !prepared.contains(query.statement.name), !expected.contains(query.statement.name) {
        expected.append(query.statement.name)
        guard PQsendPrepare(connection, query.statement.name, query.statement.sql, 0, nil) == 1 else {
          throw lost()
        }
      }
      expected.append(nil)
      guard send(query) else { throw lost() }
    }
    guard PQpipelineSync(connection) == 1 else { throw lost() }
    return try receive(expected, deadline(requestTimeout))
  }

  /// Reads what belongs to each part of a pipeline: a name for a preparation, nil for a query.
  private func receive(
    _ expected: [String?], _ deadline: MonotonicInstant
  ) throws(PostgresError) -> [PostgresRows] {
    var rows: [PostgresRows] = []
    var failure: PostgresError?
    for name in expected {
      while let result = try next(deadline) {
        let owner = PostgresRows(result)
        if let error = Self.error(in: result) {
          failure = failure ?? error
        } else if let name {
          // Not after an earlier failure, where libpq tells that the rest was skipped.
          if PQresultStatus(result) == PGRES_COMMAND_OK { prepared.insert(name) }
        } else {
          rows.append(owner)
        }
      }
    }
    while let result = try next(deadline) {
      defer { PQclear(result) }
      if PQresultStatus(result) == PGRES_PIPELINE_SYNC { break }
      failure = failure ?? Self.error(in: result)
    }
    if PQstatus(connection) == CONNECTION_BAD { throw failure.map(Self.ending) ?? lost() }
    if let failure { throw failure }
    return rows
  }

  /// Waits for the next result; nil where libpq marks the end of a query's results.
  private func next(_ deadline: MonotonicInstant) throws(PostgresError) -> OpaquePointer? {
    while PQflush(connection) == 1 || PQisBusy(connection) == 1 {
      let isWriting = PQflush(connection) == 1
      guard PostgresSocket.wait(connection, toWrite: isWriting, until: deadline) else {
        throw PostgresError.timeout
      }
      guard PQconsumeInput(connection) == 1 else { throw lost() }
    }
    return PQgetResult(connection)
  }

  private func send(_ query: PostgresQuery) -> Bool {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(query.parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
    var offsets: [Int?] = []
    for parameter in query.parameters {
      offsets.append(parameter.bytes == nil ? nil : bytes.count)
      bytes += parameter.bytes ?? []
    }
    bytes.append(0)  // So that the pointer to an empty last parameter is not the buffer's end.
    let lengths = query.parameters.map { Int32($0.bytes?.count ?? 0) }
    let formats = [Int32](repeating: 1, count: lengths.count)
    return bytes.withUnsafeBytes { buffer in
      let values = offsets.map { offset in
        offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
      }
      return PQsendQueryPrepared(
        connection, query.statement.name, Int32(lengths.count), values, lengths, formats, 1) == 1
    }
  }

  private func deadline(_ timeout: Duration) -> MonotonicInstant { SystemClock.monotonic() + timeout }

  private func lost() -> PostgresError {
    PostgresError(Self.line(String(cString: PQerrorMessage(connection))), endsConnection: true)
  }

  private static func ending(_ error: PostgresError) -> PostgresError {
    PostgresError(sqlState: error.sqlState, error.message, endsConnection: true)
  }

  private static func line(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.isEmpty ? "the connection is lost" : line
  }

  private static func error(in result: OpaquePointer) -> PostgresError? {
    let status = PQresultStatus(result)
    guard status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE else { return nil }
    let sqlState = timerd_error_sqlstate(result).map { String(cString: $0) }
    let severity = timerd_error_severity(result).map { String(cString: $0) }
    let text = timerd_error_text(result).map { String(cString: $0) }
    return PostgresError(
      sqlState: sqlState, text ?? line(String(cString: PQresultErrorMessage(result))),
      endsConnection: sqlState == nil || severity != "ERROR")
  }

  /// 'canceling wait for synchronous replication' is a warning of a success that may be lost. Its text is
  /// translated and its SQLSTATE says nothing: the function that sends it tells.
  private func noticed(_ notice: OpaquePointer) {
    if let function = timerd_error_function(notice), strcmp(function, "SyncRepWaitForLSN") == 0 {
      isReplicationDoubtful = true
    }
    if let severity = timerd_error_severity(notice), strcmp(severity, "FATAL") == 0 { isBroken = true }
  }

  private static let receiveNotice: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
    context, notice in
    guard let context, let notice else { return }
    Unmanaged<PostgresSession>.fromOpaque(context).takeUnretainedValue().noticed(notice)
  }
}
