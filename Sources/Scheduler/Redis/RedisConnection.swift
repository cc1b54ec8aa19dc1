import CHiredis
import DequeModule
import Glibc
import TimerModel

/// One connection and the replies that are owed on it, in order. Belongs to the loop's thread.
final class RedisConnection {
  /// The purpose of a connection.
  enum Purpose { case data, sentinel }
  /// The phase of a connection.
  enum State { case resolving, connecting, handshake, ready }

  /// For whom a reply is.
  enum Sink {
    case handshake(RedisHandshake.Step)
    case command(PendingCommand)
    case lookup(deadline: MonotonicInstant)
    case ignored(deadline: MonotonicInstant)
  }

  let endpoint: RedisEndpoint
  let purpose: Purpose
  private(set) var state = State.resolving
  /// Until when it must be ready.
  let readyDeadline: MonotonicInstant
  /// The commands to send once it is ready.
  var waiting: [PendingCommand] = []

  private var context: UnsafeMutablePointer<redisContext>?
  /// The functions with which the context's reader makes values; they outlive the reader.
  private var bounded: UnsafeMutablePointer<redisReplyObjectFunctions>?
  private var sinks = Deque<Sink>()
  /// Bytes of the reply that is being read, about.
  private var replyBytes = 0

  /// A reply that is longer is not one that was asked for: the longest holds a few thousand entries.
  private static let replyLimit = 16 << 20
  private static let endless = "sent a reply that does not end"

  init(to endpoint: RedisEndpoint, for purpose: Purpose, readyDeadline: MonotonicInstant) {
    self.endpoint = endpoint
    self.purpose = purpose
    self.readyDeadline = readyDeadline
  }

  deinit {
    context.map { redisFree($0) }
    free(bounded)
  }

  var descriptor: Int32? { context?.pointee.fd }

  var events: Int16 {
    guard let context else { return 0 }
    if state == .connecting { return Int16(POLLOUT) }
    return Int16(POLLIN) | (timerd_redis_has_output(context) != 0 ? Int16(POLLOUT) : 0)
  }

  /// The deadline of the oldest outstanding reply.
  var nextDeadline: MonotonicInstant {
    guard state == .ready else { return readyDeadline }
    switch sinks.first {
    case .command(let pending): return pending.job.deadline
    case .lookup(let deadline), .ignored(let deadline): return deadline
    case .handshake, nil: return .distantFuture
    }
  }

  /// Begins to connect; `address` is numeric.
  func connect(address: String, port: Int) throws(IndexError) {
    try adopt(redisConnectNonBlock(address, Int32(port)))
    if let context { redisEnableKeepAlive(context) }
  }

  /// Begins to connect to a Unix socket.
  func connect(path: String) throws(IndexError) { try adopt(redisConnectUnixNonBlock(path)) }

  private func adopt(_ made: UnsafeMutablePointer<redisContext>?) throws(IndexError) {
    guard let made else { throw connectionError("out of memory") }
    context = made
    guard made.pointee.err == 0 else { throw connectionError(Self.text(of: made)) }
    bounded = timerd_redis_bound(made.pointee.reader)
    guard bounded != nil else { throw connectionError("out of memory") }
    state = .connecting
  }

  /// Appends to the output; `flush` or `handle` write it.
  func send(_ command: RedisCommand, for sink: Sink) throws(IndexError) {
    guard let context else { return }
    guard timerd_redis_append(context, command.bytes, command.bytes.count) == REDIS_OK else {
      throw connectionError(Self.text(of: context))
    }
    sinks.append(sink)
  }

  func startHandshake(_ handshake: RedisHandshake) throws(IndexError) {
    state = .handshake
    for (step, command) in handshake.commands { try send(command, for: .handshake(step)) }
  }

  func becomeReady() { state = .ready }

  /// Writes as much as the socket takes.
  func flush() throws(IndexError) {
    guard let context, state != .connecting, timerd_redis_has_output(context) != 0 else { return }
    var isDone: Int32 = 0
    guard redisBufferWrite(context, &isDone) == REDIS_OK else {
      throw connectionError(Self.text(of: context))
    }
  }

  /// Returns true if the connection stands, once the socket can be written to.
  func checkConnected() throws(IndexError) {
    guard let context else { return }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(context.pointee.fd, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw connectionError(String(cString: strerror(code))) }
  }

  /// Reads what has arrived and hands over each reply with its sink.
  func receive(_ handle: (Sink, RedisValue) throws(IndexError) -> Void) throws(IndexError) {
    guard let context else { return }
    var count = 0
    guard timerd_redis_read(context, &count) == REDIS_OK else {
      throw connectionError(Self.text(of: context))
    }
    replyBytes += count
    guard replyBytes <= Self.replyLimit else { throw connectionError(Self.endless) }
    while true {
      var raw: UnsafeMutableRawPointer?
      guard redisGetReplyFromReader(context, &raw) == REDIS_OK else {
        throw connectionError(Self.text(of: context))
      }
      guard let raw else {
        guard timerd_redis_has_endless_line(context) == 0 else { throw connectionError(Self.endless) }
        return
      }
      defer { freeReplyObject(raw) }
      replyBytes = timerd_redis_unparsed(context)
      // Nothing may be owed to nobody: what follows would be taken for the answers of other commands.
      guard let sink = sinks.popFirst() else { throw connectionError("sent a reply that nobody asked for") }
      try handle(sink, RedisValue(copying: raw.assumingMemoryBound(to: redisReply.self)))
    }
  }

  /// The commands that get no reply on this connection any more.
  func takeUnanswered() -> [PendingCommand] {
    defer { (sinks, waiting) = ([], []) }
    return waiting + sinks.compactMap { if case .command(let pending) = $0 { pending } else { nil } }
  }

  /// An error of this connection.
  func connectionError(_ what: String, code: IndexError.Code = .unavailable) -> IndexError {
    IndexError(
      code: code, message: "Redis at \(endpoint) \(state == .ready ? "is gone" : "is not there"): \(what)")
  }

  private static func text(of context: UnsafeMutablePointer<redisContext>) -> String {
    // The field is a tuple in Swift; hiredis ends it with a zero.
    withUnsafeBytes(of: context.pointee.errstr) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
