import CLibmariadb
import Glibc
import NodeRuntime
import TimerModel

/// One `MYSQL`, used by one thread; freed with this object. Every call blocks its thread, until a deadline at most.
///
/// The library's own time-outs are whole seconds. Its calls that can be suspended leave the waiting to this side.
final class MySQLHandle {
  private let mysql: UnsafeMutablePointer<MYSQL>
  /// True once a call was given up in its midst: nothing can be sent any more.
  private var isSuspended = false

  init() throws(MySQLError) {
    guard let mysql = mysql_init(nil) else { throw MySQLError("out of memory", endsConnection: true) }
    self.mysql = mysql
    _ = timerd_mysql_prepare(mysql)
    _ = timerd_mysql_add_attribute(mysql, "program_name", "timerd")
  }

  deinit {
    // The library says goodbye, for which it must not wait on a server that does not answer.
    if isSuspended { shutdown(mysql_get_socket(mysql), Int32(SHUT_RDWR)) }
    mysql_close(mysql)
  }

  /// True if a transaction was open after the last reply.
  var isInTransaction: Bool { timerd_mysql_is_in_transaction(mysql) != 0 }

  /// True if there is something to read, which on an idle connection is most often its end.
  var hasInput: Bool {
    var descriptor = pollfd(fd: Int32(mysql_get_socket(mysql)), events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) > 0
  }

  /// True if the connection uses TLS.
  var isEncrypted: Bool { mysql_get_ssl_cipher(mysql) != nil }

  /// Sets up TLS for the connection to come. Whatever is set, the library goes on without it where the server has none.
  func prepare(_ tls: MySQLTLS) {
    guard tls.mode != .disabled else { return }
    _ = timerd_mysql_set_flag(mysql, MYSQL_OPT_SSL_ENFORCE, 1)
    _ = timerd_mysql_set_flag(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, tls.mode == .verifyIdentity ? 1 : 0)
    // With these authorities the library checks the certificate, and with the flag above the host's name as well.
    if tls.mode.verifies, let file = tls.authorities {
      _ = timerd_mysql_set_text(mysql, MYSQL_OPT_SSL_CA, file)
    }
    if let file = tls.certificate { _ = timerd_mysql_set_text(mysql, MYSQL_OPT_SSL_CERT, file) }
    if let file = tls.key { _ = timerd_mysql_set_text(mysql, MYSQL_OPT_SSL_KEY, file) }
  }

  /// Connects and logs in.
  func connect(to target: MySQLTarget, by deadline: MonotonicInstant) throws(MySQLError) {
    // strdup, since the call goes on after its first part has returned.
    let login: [String?] = [target.host, target.user, target.password, target.database]
    let texts = login.map { text in text.flatMap { strdup($0) } }
    defer { for text in texts { free(text) } }
    var connected: UnsafeMutablePointer<MYSQL>?
    let start = timerd_mysql_connect_start(
      &connected, mysql, texts[0], texts[1], texts[2], texts[3], UInt32(target.port))
    let isAnswered = finish(start, by: deadline) { mysql_real_connect_cont(&connected, mysql, $0) }
    guard isAnswered else {
      throw MySQLError("the server did not take a connection in time", endsConnection: true)
    }
    guard connected != nil else { throw failure(endsConnection: true) }
  }

  /// Sends statements in one packet, and reads the reply to each; `replies` has those that came before an error.
  func run(
    _ sql: [UInt8], into replies: inout [MySQLRows], by deadline: MonotonicInstant
  ) throws(MySQLError) {
    var status: Int32 = 0
    let isAnswered = sql.withUnsafeBytes { buffer in
      let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let start = mysql_real_query_start(&status, mysql, text, UInt(buffer.count))
      return finish(start, by: deadline) { mysql_real_query_cont(&status, mysql, $0) }
    }
    guard isAnswered else { throw MySQLError.timeout }
    guard status == 0 else { throw failure() }
    replies.append(try reply(by: deadline))
    while mysql_more_results(mysql) != 0 {
      let start = mysql_next_result_start(&status, mysql)
      guard finish(start, by: deadline, { mysql_next_result_cont(&status, mysql, $0) }) else {
        throw MySQLError.timeout
      }
      guard status <= 0 else { throw failure() }
      replies.append(try reply(by: deadline))
    }
  }

  private func reply(by deadline: MonotonicInstant) throws(MySQLError) -> MySQLRows {
    guard mysql_field_count(mysql) > 0 else {
      return MySQLRows(affected: Int(truncatingIfNeeded: mysql_affected_rows(mysql)))
    }
    var result: UnsafeMutablePointer<MYSQL_RES>?
    let start = mysql_store_result_start(&result, mysql)
    guard finish(start, by: deadline, { mysql_store_result_cont(&result, mysql, $0) }) else {
      throw MySQLError.timeout
    }
    guard let result else { throw failure() }
    return MySQLRows(result)
  }

  /// Goes on with a call until it has returned.
  ///
  /// - Returns: whether it did before `deadline`.
  private func finish(_ first: Int32, by deadline: MonotonicInstant, _ goOn: (Int32) -> Int32) -> Bool {
    var status = first
    while status != 0 {
      isSuspended = true
      guard let ready = wait(for: status, until: deadline) else { return false }
      status = goOn(ready)
    }
    isSuspended = false
    return true
  }

  /// Waits for the socket; nil if the deadline comes first.
  private func wait(for status: Int32, until deadline: MonotonicInstant) -> Int32? {
    let pairs = [
      (Int32(MYSQL_WAIT_READ), Int16(POLLIN)), (Int32(MYSQL_WAIT_WRITE), Int16(POLLOUT)),
      (Int32(MYSQL_WAIT_EXCEPT), Int16(POLLPRI)),
    ]
    let events = pairs.reduce(Int16(0)) { status & $1.0 != 0 ? $0 | $1.1 : $0 }
    while true {
      let left = deadline.microseconds(since: SystemClock.monotonic())
      guard left > 0 else { return nil }
      var descriptor = pollfd(fd: Int32(mysql_get_socket(mysql)), events: events, revents: 0)
      guard poll(&descriptor, 1, Int32(min((left + 999) / 1000, 60_000))) > 0 else { continue }
      let ready = pairs.reduce(Int32(0)) { descriptor.revents & $1.1 != 0 ? $0 | $1.0 : $0 }
      // An error or the end shows when the library reads or writes.
      return ready == 0 ? status & ~Int32(MYSQL_WAIT_TIMEOUT) : ready
    }
  }

  private func failure(endsConnection: Bool = false) -> MySQLError {
    let lines = String(cString: mysql_error(mysql)).split(whereSeparator: \.isNewline)
    let number = Int(mysql_errno(mysql))
    let text = lines.isEmpty ? "the connection is lost" : lines.joined(separator: " ")
    return MySQLError(
      number: number == 0 ? nil : number, text, endsConnection: endsConnection || number == 0)
  }
}
