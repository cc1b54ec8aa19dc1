import Foundation

/// A connection to 127.0.0.1 that sends just the bytes it is given, valid HTTP or not.
///
/// Its calls block; `WireConnection.run` takes them off the cooperative pool.
package final class WireConnection {
  /// The other side closed, or said nothing for ten seconds.
  package struct Ended: Error {
    /// True if it closed.
    package let isClosed: Bool
  }

  private let descriptor: Int32
  private var received: [UInt8] = []

  /// Connects to `port`.
  package init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = LocalPort.withAddress(of: port) { connect(descriptor, $0, $1) }
    guard status == 0 else { throw Ended(isClosed: true) }
  }

  deinit { close(descriptor) }

  /// Sends `bytes`.
  package func send(_ bytes: some Sequence<UInt8>) throws {
    let all = Array(bytes)
    var sent = 0
    while sent < all.count {
      let count = all[sent...].withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Ended(isClosed: true) }
      sent += count
    }
  }

  /// Waits for the next answer.
  package func receive(hasBody: Bool = true) throws -> WireAnswer {
    while true {
      if let answer = WireAnswer.take(from: &received, hasBody: hasBody) { return answer }
      var part = [UInt8](repeating: 0, count: 16_384)
      let count = recv(descriptor, &part, part.count, 0)
      guard count > 0 else { throw Ended(isClosed: count == 0 || errno == ECONNRESET) }
      received += part.prefix(count)
    }
  }

  /// Sends a request and waits for its answer.
  package func answer(to request: WireRequest) throws -> WireAnswer {
    try send(request.bytes)
    return try receive(hasBody: request.method != "HEAD")
  }

  /// Waits until the other side closes; false if it sends something instead, or nothing for ten seconds.
  package func isClosedByPeer() -> Bool {
    do { _ = try receive() } catch { return (error as? Ended)?.isClosed == true }
    return false
  }

  /// True if the server has neither closed the connection nor sent unexpected bytes. Clients check this before they reuse a connection.
  package var isIdle: Bool {
    var byte: UInt8 = 0
    guard received.isEmpty else { return false }
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) < 0 && errno == EAGAIN
  }

  /// Runs `body` with a new connection, on a thread that may block.
  package static func run<Value: Sendable>(
    port: Int, _ body: @escaping @Sendable (WireConnection) throws -> Value
  ) async throws -> Value {
    try await onThread { try body(WireConnection(port: port)) }
  }
}
